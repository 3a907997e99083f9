// uPlot's package has its minified form as a classic script alone, which pages with charts name before their module.
export const uPlot = globalThis.uPlot;
