import { useQueryClient } from "@tanstack/react-query";

import { Button, LinkButton } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Field, Input } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { say } from "@/components/ui/Toasts";
import { deleteRuns, restoreRuns, tagRuns } from "@/data/runs";
import type { RunOutcomes } from "@/data/schema";
import { t } from "@/texts";

interface Props {
  project: string;
  experiment: string;
  runs: string[];
  deleted: boolean;
  edits: boolean;
  onClear: () => void;
}

function useBulk({ project, onClear }: Props) {
  const client = useQueryClient();
  return async (outcome: Promise<RunOutcomes>, text: (count: number) => string, clear = true) => {
    const { items, failed } = await outcome;
    await client.invalidateQueries({ queryKey: ["run", project] });
    await client.invalidateQueries({ queryKey: ["columns", project] });
    const fault = items.find((each) => each.error != null);
    if (fault) throw new Error(t.experiments.someFailed(failed, items.length, fault.message ?? ""));
    if (clear) onClear();
    say(text(items.length));
  };
}

/** What can be done with the selected runs. */
export function BulkBar(props: Props) {
  const { project, experiment, runs, deleted, edits, onClear } = props;
  const settle = useBulk(props);
  const tag = (values: Record<string, string>) => settle(tagRuns(project, runs, { [(values.key ?? "").trim()]: values.value || null }), t.experiments.tagged, false);
  return (
    <div role="region" aria-label={t.experiments.selection} className="mb-3 flex flex-wrap items-center gap-2 rounded-lg border border-line bg-selected px-3 py-2">
      <p className="mr-2 font-medium tabular-nums" aria-live="polite">{t.experiments.selected(runs.length)}</p>
      {!deleted && <LinkButton to="/projects/$project/experiments/$experiment/compare" params={{ project, experiment }} search={{ runs: runs.join(",") }} look="primary">{t.experiments.compare}</LinkButton>}
      {edits && !deleted && (
        <>
          <FormDialog trigger={<Button>{t.experiments.tag}</Button>} title={t.experiments.tagTitle(runs.length)} description={t.experiments.tagText} action={t.common.save} onSubmit={tag}>
            <Field label={t.experiments.key}><Input name="key" required maxLength={250} autoComplete="off" /></Field>
            <Field label={t.experiments.value} hint={t.experiments.tagHint}><Input name="value" autoComplete="off" /></Field>
          </FormDialog>
          <Confirm trigger={<Button look="danger">{t.common.remove}</Button>} title={t.experiments.removeRuns(runs.length)} action={t.common.remove} onConfirm={() => settle(deleteRuns(project, runs), t.experiments.removedRuns)}>
            {t.experiments.removeRunsText}
          </Confirm>
        </>
      )}
      {edits && deleted && (
        <Confirm trigger={<Button look="primary">{t.experiments.restore}</Button>} title={t.experiments.restoreRuns(runs.length)} action={t.experiments.restore} onConfirm={() => settle(restoreRuns(project, runs), t.experiments.restoredRuns)}>
          {t.experiments.restoreText}
        </Confirm>
      )}
      <Button look="quiet" onClick={onClear}>{t.experiments.unselect}</Button>
    </div>
  );
}
