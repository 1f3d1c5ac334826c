import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";

import { t } from "@/texts";

import { IconButton } from "./Button";

export const toasts = Toast.createToastManager();

/** Tell that an action has finished; failures stay where they happened. */
export const say = (title: string): void => void toasts.add({ title, timeout: 6000 });

function List() {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="flex items-center gap-2 rounded-lg border border-line bg-surface py-2 pr-2 pl-4 shadow-pop transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
      <Toast.Content className="flex-1"><Toast.Title className="font-medium" /></Toast.Content>
      <Toast.Close render={<IconButton label={t.common.close} />}><X size={14} aria-hidden /></Toast.Close>
    </Toast.Root>
  ));
}

/** Where toasts appear; once per app. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={toasts} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-70 flex w-[calc(100vw-2rem)] max-w-sm flex-col gap-2"><List /></Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
