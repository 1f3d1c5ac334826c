import { AlertDialog } from "@base-ui/react/alert-dialog";
import { type ReactElement, type ReactNode, useState } from "react";

import { t } from "@/texts";

import { Button } from "./Button";
import { ErrorText } from "./ErrorPanel";
import { Input } from "./Field";

interface Props {
  trigger: ReactElement;
  title: string;
  /** What goes: counts and names. */
  children?: ReactNode;
  /** The verb on the button, the same as on the trigger. */
  action: string;
  /** Where it cannot be undone and much goes: the name that must be typed. */
  typed?: string;
  onConfirm: () => Promise<unknown>;
}

/** Asks before something is destroyed; stays open, with the reason, when it fails. */
export function Confirm({ trigger, title, children, action, typed, onConfirm }: Props) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const change = (next: boolean) => {
    setOpen(next);
    setText("");
    setFailure(null);
  };
  const confirm = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await onConfirm();
      change(false);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <AlertDialog.Root open={open} onOpenChange={change}>
      <AlertDialog.Trigger render={trigger} />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 rounded-lg border border-line bg-surface p-6 shadow-pop">
          <AlertDialog.Title className="mb-2 text-xl font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />} className="mb-4 text-muted">{children}</AlertDialog.Description>
          {typed !== undefined && (
            <label className="mb-4 block font-medium">
              {t.common.typeToConfirm(typed)}
              <Input value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" />
            </label>
          )}
          <ErrorText error={failure} />
          <div className="flex justify-end gap-2">
            <AlertDialog.Close render={<Button>{t.common.cancel}</Button>} />
            <Button look="danger" busy={busy} disabled={typed !== undefined && text !== typed} onClick={() => void confirm()}>{action}</Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
