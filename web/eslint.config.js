// Beside the usual rules: who may import whom (app -> data, components, lib; never app/x -> app/y).
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const only = (files, group, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
});

export default tseslint.config(
  { ignores: ["node_modules", "src/data/schema.d.ts", "public", "scripts"] },
  ...tseslint.configs.strictTypeChecked,
  hooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/only-throw-error": "off", // the router's redirects are thrown
      "no-restricted-syntax": ["error", { selector: "JSXAttribute[name.name=autoFocus]", message: "A dialog gives its first field the focus, and back to what had it." }],
      "max-lines": ["error", { max: 400, skipBlankLines: true }],
    },
  },
  only(["src/components/**"], ["@/data/*", "@/app/*"], "A component knows neither network nor pages."),
  only(["src/lib/**"], ["@/data/*", "@/app/*", "@/components/*"], "lib stands below everything."),
  only(["src/data/**"], ["@/app/*", "@/components/*"], "data is the network and nothing else."),
  { files: ["eslint.config.js"], ...tseslint.configs.disableTypeChecked },
);
