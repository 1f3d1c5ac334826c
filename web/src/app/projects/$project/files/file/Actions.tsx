import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Download, Trash2, Upload } from "lucide-react";

import { AnchorButton, Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { say } from "@/components/ui/Toasts";
import { deleteFile, downloadUrl, type FileAddress, wordOf } from "@/data/files";
import type { FileVersion } from "@/data/schema";
import { addUpload } from "@/data/uploads";
import { formatBytes } from "@/lib/format";
import { t } from "@/texts";

import { ChooseFiles } from "../ChooseFiles";
import { Dependents } from "./Dependents";

const words = t.files;

interface Props {
  address: FileAddress;
  version: FileVersion;
  versions: FileVersion[];
  hasMore: boolean;
  may: boolean;
}

/** Download, a new version, and deletion of all. */
export function Actions({ address, version, versions, hasMore, may }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = async () => {
    await deleteFile(address);
    await navigate({ to: `/projects/$project/${address.kind}`, params: { project: address.project } });
    await client.invalidateQueries({ queryKey: [wordOf(address.kind), address.project, "list"] });
    say(words.deleted(address.key));
  };
  const size = formatBytes(versions.reduce((sum, each) => sum + each.size_bytes, 0));
  return (
    <>
      <AnchorButton look="primary" className="no-underline" href={downloadUrl(address, version.version)}><Download size={16} aria-hidden />{words.download}</AnchorButton>
      {may && (
        <>
          <ChooseFiles label={words.uploadVersion} onChosen={([chosen]) => chosen && addUpload(address, chosen.file)}><Upload size={16} aria-hidden /></ChooseFiles>
          <Confirm trigger={<Button look="danger"><Trash2 size={16} aria-hidden />{words.deleteAll}</Button>} title={words.deleteAllTitle(address.key)} action={words.deleteAll} onConfirm={remove}>
            {words.deleteAllText(words.countVersions(versions.length, hasMore), size)}
            <Dependents address={address} />
          </Confirm>
        </>
      )}
    </>
  );
}
