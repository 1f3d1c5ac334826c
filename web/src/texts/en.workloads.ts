// The words of what runs that jobs, services and workspaces share, in English.
export const images = {
  label: "Image", hint: "Empty: the lab’s own.", any: "Any image may run here.", allowed: (patterns: string) => `Allowed: ${patterns}.`,
  own: (image: string) => `${image} (the lab’s own)`,
};

export const limits = { most: (n: string) => `At most ${n}.`, default: (n: string) => `${n}, the lab’s default` };

export const usage = {
  title: "In use now", cpu: "CPU", memory: "Memory", gpus: "GPUs", measuring: "measuring …",
  cores: (n: string) => `${n} cores`, ofCores: (n: string, most: string) => `${n} of ${most} ${most === "1" ? "core" : "cores"}`,
  mib: (n: string) => `${n} MiB`, ofMib: (n: string, most: string) => `${n} of ${most} MiB`, given: (gpus: string) => `${gpus} given`,
};
