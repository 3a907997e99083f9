// The page's font size relative to 16 px, which charts follow: on a projector it is larger.
let cached = null;
document.addEventListener("attune:theme", () => (cached = null));

export function textScale() {
  cached ??= parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  return cached;
}
