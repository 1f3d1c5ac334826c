import { useQuery } from "@tanstack/react-query";
import { Controller, type UseFormReturn, useWatch } from "react-hook-form";

import { Loaded } from "@/components/ui/Loaded";
import { Select } from "@/components/ui/Select";
import { Skeleton } from "@/components/ui/Skeleton";
import type { RegisteredModel } from "@/data/schema";
import { servableQuery } from "@/data/services";
import type { ServiceForm } from "@/lib/serviceForm";
import { t } from "@/texts";

/** The newest, each alias and the versions that are known. */
function choices(model: RegisteredModel | undefined, chosen: string) {
  const newest = Math.max(0, ...(model?.latest ?? []).map((each) => Number(each.version)));
  const numbers = Array.from({ length: Math.min(newest, 50) }, (_, back) => String(newest - back));
  const found = [
    { value: "", label: t.services.newestVersion },
    ...Object.entries(model?.aliases ?? {}).map(([alias, version]) => ({ value: `a:${alias}`, label: `@${alias} (${t.services.versionShort(version)})` })),
    ...numbers.map((version) => ({ value: `v:${version}`, label: t.services.version(version) })),
  ];
  return found.some((each) => each.value === chosen) ? found : [...found, { value: chosen, label: chosen.slice(2) }];
}

interface Props {
  project: string;
  form: UseFormReturn<ServiceForm>;
}

/** Which registered model, and which version of it. */
export function ModelFields({ project, form }: Props) {
  const query = useQuery(servableQuery(project));
  const [name, which] = useWatch({ control: form.control, name: ["model", "which"] });
  return (
    <Loaded query={query} skeleton={<Skeleton rows={2} />}>
      {(models) =>
        models.length === 0 ? (
          <p className="mb-4 rounded-md bg-wait-bg px-3 py-2 text-wait">{t.services.noModels}</p>
        ) : (
          <div className="mb-4 flex flex-wrap gap-4">
            <div>
              <p className="mb-1 font-medium" aria-hidden>{t.services.model}</p>
              <Controller
                control={form.control}
                name="model"
                rules={{ validate: (value) => value !== "" }}
                render={({ field, fieldState }) => (
                  <>
                    <Select
                      label={t.services.model}
                      value={field.value}
                      onChange={(next) => {
                        field.onChange(next);
                        form.setValue("which", "");
                      }}
                      options={[...(field.value === "" ? [{ value: "", label: t.services.choose }] : []), ...models.map((each) => ({ value: each.name, label: each.name }))]}
                    />
                    {fieldState.error && <p role="alert" className="mt-1 text-sm text-bad">{t.services.chooseModel}</p>}
                  </>
                )}
              />
            </div>
            <div>
              <p className="mb-1 font-medium" aria-hidden>{t.services.versionField}</p>
              <Controller
                control={form.control}
                name="which"
                render={({ field }) => <Select label={t.services.versionField} value={field.value} onChange={field.onChange} options={choices(models.find((each) => each.name === name), which)} />}
              />
            </div>
          </div>
        )
      }
    </Loaded>
  );
}
