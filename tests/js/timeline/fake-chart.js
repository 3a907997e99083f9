// A chart that records what is written and drawn on it. A pixel is a second across and a hundredth up.
import "../page.js";

globalThis.devicePixelRatio = 1;
globalThis.getComputedStyle = ({ colour }) => ({ fontSize: "16px", color: colour });
Object.assign(document, {
  createElement: () => ({
    style: {},
    remove() {},
    get colour() {
      return this.style.color;
    },
  }),
  body: { append() {} },
});

export function fakeChart({ width = 300, height = 100 } = {}) {
  const drawn = [];
  const record =
    (name) =>
    (...args) =>
      drawn.push([name, ...args]);
  const ctx = { save() {}, restore() {}, beginPath() {}, moveTo() {}, setLineDash() {} };
  ctx.measureText = (text) => ({ width: 10 * text.length });
  ctx.lineTo = () => {};
  ctx.stroke = () => drawn.push(["line", ctx.strokeStyle]);
  ctx.fill = () => drawn.push(["triangle", ctx.fillStyle]);
  ctx.fillText = record("text");
  const valToPos = (value, axis) => (axis === "x" ? value : height - height * value);
  return { ctx, bbox: { left: 0, top: 20, width, height }, valToPos, drawn };
}
