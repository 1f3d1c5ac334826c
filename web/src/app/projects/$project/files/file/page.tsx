import { useInfiniteQuery, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";

import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { type FileAddress, versionQuery, versionsQuery } from "@/data/files";
import { mayEdit, projectQuery } from "@/data/projects";
import type { FileKind, FileVersion } from "@/data/schema";

import { Actions } from "./Actions";
import { FileFacts } from "./FileFacts";
import { FileTabs } from "./FileTabs";
import { FilePreview } from "./FilePreview";
import { Use } from "./Use";
import { Used } from "./Used";
import { VersionSelect } from "./VersionSelect";
import { VersionTable } from "./VersionTable";

interface Props {
  address: FileAddress;
  version: FileVersion;
  versions: FileVersion[];
  hasMore: boolean;
  onMore: () => void;
  may: boolean;
}

function Ready({ address, version, versions, hasMore, onMore, may }: Props) {
  const { tab } = useSearch({ from: `/projects/$project/${address.kind}/$` });
  return (
    <Page
      title={address.key}
      beside={<VersionSelect address={address} versions={versions} selected={version.version} />}
      actions={<Actions address={address} version={version} versions={versions} hasMore={hasMore} may={may} />}
    >
      <FileFacts address={address} version={version} may={may} />
      <FileTabs address={address} count={hasMore ? undefined : versions.length} />
      {tab === undefined && <FilePreview address={address} version={version} />}
      {tab === "versions" && <VersionTable address={address} versions={versions} selected={version.version} hasMore={hasMore} onMore={onMore} may={may} />}
      {tab === "used" && <Used address={address} />}
      {tab === "use" && <Use address={address} />}
    </Page>
  );
}

function FilePage({ kind }: { kind: FileKind }) {
  const { project: name, _splat: key = "" } = useParams({ from: `/projects/$project/${kind}/$` });
  const { version } = useSearch({ from: `/projects/$project/${kind}/$` });
  const address = { project: name, kind, key };
  const { data: project } = useSuspenseQuery(projectQuery(name));
  const versions = useInfiniteQuery(versionsQuery(address));
  const chosen = useQuery({ ...versionQuery(address, version ?? 0), enabled: version !== undefined });
  return (
    <Loaded query={versions}>
      {(all) => (
        <Loaded query={version === undefined ? { ...chosen, data: all[0] } : chosen}>
          {(one) => <Ready address={address} version={one} versions={all} hasMore={versions.hasNextPage} onMore={() => void versions.fetchNextPage()} may={mayEdit(project)} />}
        </Loaded>
      )}
    </Loaded>
  );
}

export const DatasetPage = () => <FilePage kind="datasets" />;
export const ModelPage = () => <FilePage kind="models" />;
