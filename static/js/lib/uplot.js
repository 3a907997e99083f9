// uPlot ships minified only as a classic script, so pages load it before their module.
export const uPlot = globalThis.uPlot;
