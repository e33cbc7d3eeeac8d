// A picture from the camera becomes small, loses its hidden data (place, device), and gets its name: the hash.
const LONGEST = 1600;
const QUALITY = 0.8;
const THUMB = 112;
export const MEDIA = "image/jpeg";

// The browser hashes only on pages that came over https, or from this machine itself.
export const canHash = () => Boolean(globalThis.crypto?.subtle);

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// Returns {data, sha256, thumb}; throws what the browser throws for a file that is no picture.
export async function shrink(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = drawn(bitmap, LONGEST);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, MEDIA, QUALITY));
  const thumb = drawn(canvas, THUMB).toDataURL(MEDIA, 0.7);
  bitmap.close();
  const data = await blob.arrayBuffer();
  return { data, thumb, sha256: hex(await crypto.subtle.digest("SHA-256", data)) };
}
