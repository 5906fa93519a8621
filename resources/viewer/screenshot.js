// A picture that the server sent as text becomes a file of the person who watches.

const KEPT = 10_000;

/**
 * Save a screenshot.
 * @param {{data_url: string, filename: string}} picture
 */
export function save(picture) {
  const address = URL.createObjectURL(blobOf(picture.data_url));
  const link = document.createElement("a");
  link.href = address;
  link.download = picture.filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT);
}

/**
 * Return the bytes of a data address. (The page's policy forbids fetching those.)
 * @param {string} address
 * @returns {Blob}
 */
export function blobOf(address) {
  const comma = address.indexOf(",");
  const type = address.slice(5, address.indexOf(";"));
  const text = atob(address.slice(comma + 1));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    bytes[at] = text.charCodeAt(at);
  }
  return new Blob([bytes], { type });
}
