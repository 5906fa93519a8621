"""How the panel looks: colours derived from the system's palette, and the style sheet made of them."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QGuiApplication, QPalette

STAGE = "#0E1116"
"""Behind pictures, in light and dark alike: pictures look the same there as at the viewer."""
RADIUS = 8
SIZES = {"small": 0.85, "normal": 1.0, "large": 1.3, "digits": 5.5}
"""Of letters, in heights of the desktop's font: that may be a large one."""


@dataclass(frozen=True, slots=True)
class Look:
    """The colours in use, as ``#rrggbb``."""

    dark: bool
    window: str
    card: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    tint: str
    hover: str
    live: str
    waiting: str
    refused: str
    notice: str
    alarm: str
    blanking: str
    on_blanking: str


def look_of(palette: QPalette) -> Look:
    """Return the colours that go with ``palette``."""
    window = palette.color(QPalette.ColorRole.Window)
    text = palette.color(QPalette.ColorRole.WindowText)
    base = palette.color(QPalette.ColorRole.Base)
    dark = window.lightness() < text.lightness()
    accent = QColor("#7AA5FF" if dark else "#2F6FED")
    live = "#4CC38A" if dark else "#1B7F4B"
    waiting = "#E5A33B" if dark else "#9A5B00"
    refused = "#FF8080" if dark else "#C93A3A"
    return Look(
        dark=dark,
        window=window.name(),
        card=base.name(),
        raised=(_mixed(base, text, 0.08) if dark else QColor("#ffffff")).name(),
        border=_mixed(window, text, 0.16).name(),
        text=text.name(),
        muted=_mixed(text, window, 0.34 if dark else 0.36).name(),
        accent=accent.name(),
        on_accent="#0b1220" if dark else "#ffffff",
        tint=_mixed(base, accent, 0.2 if dark else 0.1).name(),
        hover=_mixed(base, text, 0.05).name(),
        live=live,
        waiting=waiting,
        refused=refused,
        notice=_mixed(base, accent, 0.12).name(),
        alarm=_mixed(base, QColor(refused), 0.12).name(),
        blanking="#F0B357" if dark else "#8A4F00",
        on_blanking="#1B1204" if dark else "#ffffff",
    )


def current_look() -> Look:
    """Return the colours for the palette in force."""
    return look_of(QGuiApplication.palette())


def accented(palette: QPalette) -> QPalette:
    """Return a palette that only says our accent, to be laid over the system's own."""
    look = look_of(palette)
    own = QPalette()
    for role in (QPalette.ColorRole.Highlight, QPalette.ColorRole.Accent, QPalette.ColorRole.Link):
        own.setColor(role, QColor(look.accent))
    own.setColor(QPalette.ColorRole.HighlightedText, QColor(look.on_accent))
    own.setColor(QPalette.ColorRole.PlaceholderText, QColor(look.muted))
    return own


def _mixed(first: QColor, second: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * share,
        first.greenF() + (second.greenF() - first.greenF()) * share,
        first.blueF() + (second.blueF() - first.blueF()) * share,
    )


_SHEET = Template("""
QToolTip { color: $text; background: $raised; border: 1px solid $border; padding: 4px 6px; }
QFrame#card, QFrame#preview { background: $card; border: 1px solid $border; border-radius: 8px; }
QLabel#headline { font-size: $large; font-weight: 600; }
QLabel#previewTitle { font-weight: 600; }
QLabel#muted, QLabel#previewDetail, QLabel#viewersEmpty, QLabel#addressHint { color: $muted; }
QLabel#section { color: $muted; font-size: $small; font-weight: 600; letter-spacing: 1px; }
QLabel#formError { color: $refused; }
QLabel#listing { color: $waiting; }
QLabel#pinDigits { font-size: $digits; font-weight: 700; }
QLabel#fingerprint { font-family: monospace; font-size: $normal; }
QLabel#pinAddress { font-size: $large; font-weight: 600; }
QLabel#value { color: $text; }

QPushButton { background: $raised; color: $text; border: 1px solid $border; border-radius: 6px; padding: 5px 12px;
  min-height: ${line}px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $tint; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 11px; }
QPushButton:disabled { color: $muted; background: $window; }
QPushButton#startStop { background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600;
  min-height: ${high}px; min-width: 124px; padding: 6px 16px; }
QPushButton#startStop:hover { background: $accent_hover; }
QPushButton#startStop:focus { border: 2px solid $text; padding: 5px 15px; }
QPushButton#startStop:disabled { background: $tint; color: $muted; border-color: $border; }
QPushButton#startStop[sharing="true"] { background: $raised; color: $refused; border: 1px solid $refused; }
QPushButton#startStop[sharing="true"]:hover { background: $alarm; }
QPushButton#startStop[sharing="true"]:focus { border: 2px solid $refused; }
QPushButton#disconnect { padding: 2px 10px; min-height: ${low}px; }
QPushButton#disconnect:focus { padding: 1px 9px; }
QPushButton#allow, QPushButton#firstNext { background: $accent; color: $on_accent; border-color: $accent;
  font-weight: 600; }
QPushButton#allow:hover, QPushButton#firstNext:hover { background: $accent_hover; }
QPushButton#firstNext:focus { border: 2px solid $text; }
QPushButton#deny { color: $refused; }
QPushButton::menu-indicator { image: none; width: 0; }
QProgressBar { background: $border; border: none; border-radius: 2px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QDialog, QWidget#consent { background: $window; color: $text; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton:hover { background: $hover; }
QToolButton:focus { border: 1px solid $accent; }
QToolButton:checked { background: $tint; border: 1px solid $accent; }
QToolButton#helpButton { color: $muted; font-weight: 600; padding: 2px 6px; border-radius: 8px; }
QToolButton#helpButton:hover { color: $accent; }
QToolButton#fold { background: transparent; border-color: transparent; }
QToolButton#fold:focus { border-color: $accent; }

QLineEdit, QSpinBox, QDateTimeEdit { background: $card; color: $text; border: 1px solid $border; border-radius: 6px;
  padding: 5px 8px; min-height: ${line}px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QSpinBox:focus, QDateTimeEdit:focus { border: 2px solid $accent; padding: 4px 7px; }
QLineEdit:disabled, QSpinBox:disabled, QDateTimeEdit:disabled { color: $muted; background: $window; }
QDateTimeEdit::drop-down { border: none; width: 24px; }
QLineEdit#address, QLineEdit#firstAddress, QLabel#firstWatching, QRadioButton#reachChoice { font-weight: 600; }
QLineEdit#address[live="false"] { color: $muted; font-weight: 400; background: $window; }

QListView#sourceList { background: $card; border: 1px solid $border; border-radius: 8px; padding: 4px 0; outline: 0; }
QListView#cards { background: $card; border: 1px solid $border; border-radius: 8px; padding: 4px; outline: 0; }
QListView#neverShown, QListWidget#linkSources, QListWidget#entries, QListWidget#pages { background: $card;
  color: $text; border: 1px solid $border; border-radius: 8px; padding: 4px; outline: 0; }
QListView#neverShown::item, QListWidget#linkSources::item, QListWidget#entries::item { padding: 4px; }
QListView#neverShown::item:selected, QListWidget#linkSources::item:selected, QListWidget#entries::item:selected,
QListWidget#pages::item:selected { background: $tint; color: $text; }
QListView#neverShown:focus, QListWidget#entries:focus, QListWidget#pages:focus { border: 1px solid $accent; }
QListWidget#entries:disabled { color: $muted; background: $window; }
QListWidget#pages::item { padding: 7px 8px; border-radius: 6px; }
QFrame#settingRow { border: none; border-top: 1px solid $hairline; }
QSpinBox#settingNumber::up-button, QSpinBox#settingNumber::down-button { subcontrol-origin: border; width: 26px;
  background: transparent; border: none; }
QSpinBox#settingNumber::up-button { subcontrol-position: top right; }
QSpinBox#settingNumber::down-button { subcontrol-position: bottom right; }
QSpinBox#settingNumber::up-arrow, QSpinBox#settingNumber::down-arrow { image: none; width: 0; height: 0; }
QLabel#settingName { font-weight: 600; }
QCheckBox#settingSwitch { font-weight: 600; }
QLabel#settingNote { color: $muted; font-size: $small; }
QPushButton#settingVerb { background: transparent; border: 1px solid transparent; color: $accent; padding: 1px 6px;
  min-height: ${low}px; font-size: $small; }
QPushButton#settingVerb:hover { background: $hover; }
QPushButton#settingVerb:focus { border: 1px solid $accent; }
QLabel#hotKeyFault { color: $waiting; }
QListWidget#manualContents { background: $card; color: $text; border: 1px solid $border; border-radius: 8px;
  padding: 4px; outline: 0; }
QListWidget#manualContents::item { padding: 6px; border-radius: 6px; }
QListWidget#manualContents::item:selected { background: $tint; color: $text; }
QTextBrowser#manualText { background: $card; color: $text; border: 1px solid $border; border-radius: 8px; }
QListWidget#manualContents:focus, QTextBrowser#manualText:focus { border: 1px solid $accent; }
QListView#sourceList:focus, QListView#cards:focus { border: 1px solid $accent; }
QTableView#viewers, QTableView#words { background: $card; border: none; outline: 0; color: $text; }
QTableView#viewers::item, QTableView#words::item { padding: 0 5px; border: none; border-top: 1px solid $hairline; }
QTableView#viewers::item:selected, QTableView#words::item:selected { background: $tint; color: $text; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; color: $muted; border: none; padding: 4px 8px; font-size: $small; }

QFrame#messageBar { border-radius: 8px; border: 1px solid $border; background: $notice; }
QFrame#messageBar[tone="error"] { border-color: $refused; background: $alarm; }

QFrame#blankingStrip { border-radius: 8px; border: 1px solid $blanking; background: $blanking; }
QFrame#blankingStrip QLabel { color: $on_blanking; background: transparent; }
QLabel#blankingHeadline { font-size: $large; font-weight: 600; }
QPushButton#goOn { background: $on_blanking; color: $blanking; border: 1px solid $on_blanking; font-weight: 600;
  min-height: ${high}px; min-width: 124px; padding: 6px 16px; }
QPushButton#goOn:focus { border: 3px solid $accent; padding: 4px 14px; }

QSlider::groove:horizontal { height: 4px; background: $border; border-radius: 2px; }
QSlider::$filled:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $raised; border: 2px solid $accent; width: 12px; height: 12px; margin: -6px 0;
  border-radius: 8px; }
QSlider::handle:horizontal:hover { background: $tint; }
QSlider::handle:horizontal:focus { background: $accent; }
QSlider::$filled:horizontal:disabled { background: $border; }
QSlider::handle:horizontal:disabled { border-color: $border; background: $window; }

QComboBox { background: $raised; color: $text; border: 1px solid $border; border-radius: 6px; padding: 4px 10px;
  min-height: ${line}px; }
QComboBox:hover { background: $hover; }
QComboBox:focus { border: 2px solid $accent; padding: 3px 9px; }
QComboBox { combobox-popup: 0; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $border; outline: 0;
  selection-background-color: $tint; selection-color: $text; }
QComboBox QAbstractItemView::item { padding: 4px 8px; color: $text; border: none; }
QComboBox QAbstractItemView::item:selected { background: $tint; color: $text; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $tint; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar::handle:vertical { background: $border; border-radius: 4px; min-height: 32px; }
QScrollBar::handle:vertical:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")


def style_sheet(look: Look) -> str:
    """Return the style sheet of the panel, for the font of the desktop."""
    font = QGuiApplication.font()
    height, line = QFontInfo(font).pixelSize(), QFontMetrics(font).height() + 1
    colours = {name: getattr(look, name) for name in Look.__slots__}
    accent, text = QColor(look.accent), QColor(look.text)
    colours["accent_hover"] = accent.darker(112).name() if not look.dark else accent.lighter(108).name()
    colours["hairline"] = _mixed(QColor(look.card), text, 0.09).name()
    sizes = {name: f"{round(height * times)}px" for name, times in SIZES.items()}
    # A least height that is named here is all that layouts keep to: it has to have room for the words.
    sizes |= {name: str(max(least, line)) for name, least in (("low", 18), ("line", 20), ("high", 26))}
    # Qt mirrors a slider, but not what is filled of it.
    filled = {"filled": "add-page" if QGuiApplication.isRightToLeft() else "sub-page"}
    return _SHEET.substitute(colours | sizes | filled)
