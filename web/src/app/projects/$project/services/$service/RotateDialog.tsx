import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Select } from "@/components/ui/Select";
import type { IssuedServiceKey, Service, ServiceKey } from "@/data/schema";
import { rotateKey } from "@/data/services";
import { t } from "@/texts";

const GRACES = ["0", "3600", "86400", "604800"] as const;
type Grace = (typeof GRACES)[number];

interface Props {
  service: Service;
  of: ServiceKey;
  onIssued: (key: IssuedServiceKey) => void;
}

/** A new secret for a key; the one before stays good for a while, if so wanted. */
export function RotateDialog({ service, of: key, onIssued }: Props) {
  const [open, setOpen] = useState(false);
  const [grace, setGrace] = useState<Grace>("3600");
  const rotate = useMutation({
    mutationFn: () => rotateKey(service.project, service.name, key.id, { grace_s: Number(grace) }),
    onSuccess: (issued) => {
      setOpen(false);
      onIssued(issued);
    },
  });
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t.services.rotateTitle(key.name || key.id)} description={t.services.rotateText} trigger={<Button>{t.services.rotate}</Button>}>
      <p className="mb-1 font-medium" aria-hidden>{t.services.grace}</p>
      <Select label={t.services.grace} value={grace} onChange={setGrace} options={GRACES.map((value) => ({ value, label: t.services.graces[value] }))} />
      <div className="mt-4">
        <ErrorText error={rotate.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{t.common.cancel}</Button>
          <Button look="primary" busy={rotate.isPending} onClick={() => rotate.mutate()}>{t.services.rotate}</Button>
        </div>
      </div>
    </Dialog>
  );
}
