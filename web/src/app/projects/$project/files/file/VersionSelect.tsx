import { useNavigate, useSearch } from "@tanstack/react-router";

import { Select } from "@/components/ui/Select";
import type { FileAddress } from "@/data/files";
import type { FileVersion } from "@/data/schema";
import { t } from "@/texts";

interface Props {
  address: FileAddress;
  versions: FileVersion[];
  selected: number;
}

/** Which version the page shows; the newest has no number in the address. */
export function VersionSelect({ address, versions, selected }: Props) {
  const navigate = useNavigate();
  const { tab } = useSearch({ from: `/projects/$project/${address.kind}/$` });
  const newest = versions[0]?.version;
  const numbers = versions.map((each) => each.version);
  const shown = numbers.includes(selected) ? numbers : [...numbers, selected];
  const choose = (value: string) => {
    const version = Number(value) === newest ? undefined : Number(value);
    void navigate({ to: `/projects/$project/${address.kind}/$`, params: { project: address.project, _splat: address.key }, search: { tab, version } });
  };
  return (
    <Select
      label={t.files.version}
      value={String(selected)}
      onChange={choose}
      options={shown.map((number) => ({ value: String(number), label: number === newest ? t.files.newestOf(number) : t.files.versionOf(number) }))}
    />
  );
}
