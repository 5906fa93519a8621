"""The bill of materials, in CycloneDX's JSON. The same components make the same bytes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from cyclonedx.model import ExternalReference, ExternalReferenceType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component as BomComponent
from cyclonedx.model.component import ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from installer.inside.components import Component

NAMESPACE = uuid.UUID("5f3c0d0a-4f0e-5c57-9a5e-5b0f6f0f9a11")
"""Of serial numbers made from the content."""


def bill(components: tuple[Component, ...], name: str, version: str, licence: str, epoch: int) -> str:
    """Return the bill of the program ``name``, as of ``epoch`` (seconds since 1970)."""
    program = BomComponent(
        name=name,
        version=version,
        type=ComponentType.APPLICATION,
        licenses=[LicenseExpression(licence)],
        bom_ref=BomRef(name),
        purl=PackageURL("generic", None, name, version),
    )
    entries = {_reference(each): _entry(each) for each in components}
    bom = Bom(components=entries.values())
    bom.metadata.component = program
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    by_name = {each.name: entries[_reference(each)] for each in components if not each.within}
    bom.register_dependency(program, [entries[_reference(each)] for each in components if each.within not in by_name])
    for brings, entry in by_name.items():
        bom.register_dependency(entry, [entries[_reference(each)] for each in components if each.within == brings])
    bom.serial_number = uuid.UUID(int=0)
    made = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6)
    bom.serial_number = uuid.uuid5(NAMESPACE, made.output_as_string())
    return make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2) + "\n"


def _reference(component: Component) -> str:
    return f"{component.purl}#{component.within}" if component.within else component.purl


def _entry(component: Component) -> BomComponent:
    kind = ComponentType.PLATFORM if component.name == "CPython" else ComponentType.LIBRARY
    home = [ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri(component.home))] if component.home else []
    return BomComponent(
        name=component.name,
        version=component.version or None,
        type=kind,
        licenses=[LicenseExpression(component.licence)],
        bom_ref=BomRef(_reference(component)),
        purl=PackageURL.from_string(component.purl),
        copyright="\n".join(component.copyright) or None,
        external_references=home,
        properties=[Property(name="panecast:file", value=path) for path in component.files],
    )
