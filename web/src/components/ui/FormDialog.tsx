import { type ComponentProps, type ReactElement, type ReactNode, type SubmitEvent, useState } from "react";

import { t } from "@/texts";

import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ErrorText } from "./ErrorPanel";

interface Props {
  trigger: ReactElement;
  title: string;
  description?: ReactNode;
  /** The verb on the button. */
  action: string;
  /** Gets what was typed, by the fields' names; what it throws is shown and the dialog stays. */
  onSubmit: (values: Record<string, string>) => Promise<unknown>;
  children: ReactNode;
}

/** A few fields in a dialog. It closes when it is done; nothing typed is lost when it fails. */
export function FormDialog({ trigger, title, description, action, onSubmit, children }: Props) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const change: ComponentProps<typeof Dialog>["onOpenChange"] = (next) => {
    setOpen(next);
    setFailure(null);
  };
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = [...new FormData(event.currentTarget)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
    setBusy(true);
    setFailure(null);
    try {
      await onSubmit(Object.fromEntries(typed));
      setOpen(false);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} onOpenChange={change} title={title} description={description} trigger={trigger}>
      <form onSubmit={(event) => void submit(event)}>
        {children}
        <ErrorText error={failure} />
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy}>{action}</Button>
        </div>
      </form>
    </Dialog>
  );
}
