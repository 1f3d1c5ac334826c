// The lines that read a dataset or model: to be copied, so each is right for its key.
interface Address {
  project: string;
  kind: "datasets" | "models";
  key: string;
}

const python = (text: string): string => JSON.stringify(text);

/** Quote a word for a POSIX shell, where it needs it. */
export const shell = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** `version` undefined is always the newest. */
export function readLines({ project, kind, key }: Address, version: number | undefined, lab: string) {
  const numbered = version === undefined ? key : `${key}.v${version}`;
  const noun = kind === "datasets" ? "dataset" : "model";
  const option = version === undefined ? "" : ` --version ${version}`;
  const query = version === undefined ? "" : `?version=${version}`;
  const path = `${lab}/api/projects/${project}/${kind}/${key.split("/").map(encodeURIComponent).join("/")}${query}`;
  return {
    environment: `from mllab import Environment\npath = Environment().get_file(${python(`${kind}/${numbered}`)})`,
    client: `from mllab import Lab\npath = Lab().project(${python(project)}).${kind}.download(${python(numbered)}, ".")`,
    cli: `mllab ${noun} download ${shell(key)} .${option} --project ${project}`,
    curl: `curl -H "Authorization: Bearer $LAB_API_TOKEN" -OJ ${shell(path)}`,
  };
}
