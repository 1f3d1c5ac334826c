import { useQueryClient } from "@tanstack/react-query";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Field, Input } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { say } from "@/components/ui/Toasts";
import { changeRun, deleteRuns, restoreRuns } from "@/data/runs";
import type { Run } from "@/data/schema";
import { t } from "@/texts";

/** Rename, delete and restore one run. */
export function RunActions({ run }: { run: Run }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["run", run.project] });
  const rename = async (values: Record<string, string>) => {
    await changeRun(run.project, run.id, { name: (values.name ?? "").trim() });
    await refresh();
  };
  const remove = async () => {
    await deleteRuns(run.project, [run.id]);
    await refresh();
    say(t.experiments.removedRuns(1));
  };
  const restore = async () => {
    await restoreRuns(run.project, [run.id]);
    await refresh();
    say(t.experiments.restoredRuns(1));
  };
  if (run.lifecycle === "deleted") return <Button look="primary" onClick={() => void restore()}>{t.experiments.restore}</Button>;
  return (
    <>
      <FormDialog trigger={<Button>{t.experiments.rename}</Button>} title={t.experiments.renameRun} action={t.common.save} onSubmit={rename}>
        <Field label={t.experiments.name}><Input name="name" required maxLength={500} defaultValue={run.name} autoComplete="off" /></Field>
      </FormDialog>
      <Confirm trigger={<Button look="danger">{t.common.remove}</Button>} title={t.experiments.removeRuns(1)} action={t.common.remove} onConfirm={remove}>
        {t.experiments.removeRunsText}
      </Confirm>
    </>
  );
}
