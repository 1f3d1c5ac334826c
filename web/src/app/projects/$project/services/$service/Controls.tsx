import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Play, RotateCw, Square } from "lucide-react";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { say } from "@/components/ui/Toasts";
import type { Service } from "@/data/schema";
import { deleteService, restartService, startService, stopService } from "@/data/services";
import { t } from "@/texts";

type Verb = "start" | "restart";
const RUN = { start: startService, restart: restartService };

/** Start, restart, stop and delete: those that make sense now. */
export function Controls({ service }: { service: Service }) {
  const { project, name, status } = service;
  const client = useQueryClient();
  const navigate = useNavigate();
  const again = () => client.invalidateQueries({ queryKey: ["service", project] });
  const run = useMutation({ mutationFn: (verb: Verb) => RUN[verb](project, name), onSuccess: again });
  const stop = async () => {
    await stopService(project, name);
    await again();
  };
  const remove = async () => {
    await deleteService(project, name);
    await navigate({ to: "/projects/$project/services", params: { project } });
    await again();
    say(t.services.deleted(name));
  };
  const isDown = status.state === "stopped" || status.state === "failed" || status.state === "succeeded";
  return (
    <>
      {isDown
        ? <Button look="primary" busy={run.isPending} onClick={() => run.mutate("start")}><Play size={14} aria-hidden />{t.services.start}</Button>
        : <Button busy={run.isPending} onClick={() => run.mutate("restart")}><RotateCw size={14} aria-hidden />{t.services.restart}</Button>}
      {!isDown && (
        <Confirm
          trigger={<Button disabled={status.state === "stopping"}><Square size={14} aria-hidden />{t.services.stop}</Button>}
          title={t.services.stopTitle(name)}
          action={t.services.stop}
          onConfirm={stop}
        >
          {t.services.stopText}
        </Confirm>
      )}
      <Confirm trigger={<Button look="danger">{t.common.remove}</Button>} title={t.services.deleteTitle(name)} action={t.common.remove} onConfirm={remove}>
        {t.services.deleteText}
      </Confirm>
      {run.error && <div className="basis-full"><ErrorText error={run.error} /></div>}
    </>
  );
}
