import { Button } from "@/components/ui/Button";
import { CodeLine } from "@/components/ui/CodeLine";
import { Dialog } from "@/components/ui/Dialog";
import type { IssuedServiceKey, Service } from "@/data/schema";
import { serviceUrl } from "@/data/services";
import { t } from "@/texts";

interface Props {
  service: Service;
  issued: IssuedServiceKey | null;
  onClose: () => void;
}

/** A key's secret, the only time that it can be read. */
export function SecretDialog({ service, issued, onClose }: Props) {
  return (
    <Dialog open={issued !== null} onOpenChange={onClose} title={t.services.secretTitle} description={t.services.secretText} wide>
      {issued && (
        <>
          <CodeLine code={issued.secret} />
          <p className="mt-4 mb-1 font-medium">{t.services.secretUse}</p>
          <CodeLine code={`curl -H "Authorization: Bearer ${issued.secret}" ${serviceUrl(service)}`} />
          <div className="mt-4 flex justify-end"><Button look="primary" onClick={onClose}>{t.services.secretDone}</Button></div>
        </>
      )}
    </Dialog>
  );
}
