import { useQuery, useQueryClient } from "@tanstack/react-query";

import { Button } from "@/components/ui/Button";
import { FormDialog } from "@/components/ui/FormDialog";
import { Facts } from "@/components/ui/Page";
import { say } from "@/components/ui/Toasts";
import { ImageField } from "@/components/workload/ImageField";
import { aboutQuery } from "@/data/about";
import type { Workspace } from "@/data/schema";
import { changeWorkspace } from "@/data/workspaces";
import { imageOf } from "@/lib/images";
import { isOver } from "@/lib/stages";
import { t } from "@/texts";

/** The image that the workspace runs in, and changing it; nothing where the lab has no images. */
export function ImageFact({ workspace: { user, spec, status } }: { workspace: Workspace }) {
  const client = useQueryClient();
  const { data: about } = useQuery(aboutQuery);
  if (!about?.images) return null;
  const change = async (values: Record<string, string>) => {
    await changeWorkspace(user, { image: imageOf(values.image ?? "") });
    await client.invalidateQueries({ queryKey: ["workspace", user] });
    say(t.workspace.imageChanged);
  };
  const image = <code className="break-all">{spec.image ?? t.images.own(about.images.default)}</code>;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-4 *:mb-0">
      <Facts facts={[[t.images.label, image]]} />
      <FormDialog trigger={<Button>{t.workspace.changeImage}</Button>} title={t.workspace.changeImage} description={isOver(status) ? t.workspace.imageText : t.workspace.imageRestarts} action={t.common.save} onSubmit={change}>
        <ImageField images={about.images} name="image" defaultValue={spec.image ?? ""} />
      </FormDialog>
    </div>
  );
}
