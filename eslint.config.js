import js from "@eslint/js";
import globals from "globals";

// Browsers offer these as globals, so a forgotten declaration or argument of the same name would go unnoticed.
const AMBIGUOUS = [
  "close",
  "event",
  "external",
  "find",
  "history",
  "length",
  "name",
  "open",
  "origin",
  "parent",
  "self",
  "status",
  "stop",
  "top",
];

// Rules beyond the recommended ones. All of them find mistakes; layout is Prettier's.
const rules = {
  "array-callback-return": "error",
  "consistent-return": "error",
  eqeqeq: "error",
  "no-constructor-return": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-loop-func": "error",
  "no-new-func": "error",
  "no-param-reassign": "error",
  "no-promise-executor-return": "error",
  "no-restricted-globals": ["error", ...AMBIGUOUS],
  "no-return-assign": "error",
  "no-self-compare": "error",
  "no-sequences": "error",
  "no-shadow": "error",
  "no-template-curly-in-string": "error",
  "no-throw-literal": "error",
  "no-unmodified-loop-condition": "error",
  "no-unreachable-loop": "error",
  "no-unused-expressions": "error",
  "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
  "no-useless-return": "error",
  "no-var": "error",
  "prefer-const": "error",
  radix: "error",
  "require-await": "error",
};

export default [
  { ignores: ["**/.venv/", "**/node_modules/", "var/"] },
  js.configs.recommended,
  { rules },
  {
    files: ["static/js/**"],
    languageOptions: { globals: globals.browser },
    rules: { "max-lines": ["error", 150] },
  },
  { files: ["static/js/theme-early.js"], languageOptions: { sourceType: "script" } },
  {
    files: ["tests/js/**"],
    languageOptions: { globals: { ...globals.node, document: "readonly", location: "readonly", window: "readonly" } },
  },
];
