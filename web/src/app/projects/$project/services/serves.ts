// What a service serves, in a line.
import type { Service } from "@/data/schema";
import { t } from "@/texts";

export function servesText({ spec }: Service): string {
  if (!spec.model) return spec.command ?? "";
  const { name, version, alias } = spec.model;
  return `${name} ${version ? t.services.versionShort(version) : alias ? `@${alias}` : t.services.newest}`;
}
