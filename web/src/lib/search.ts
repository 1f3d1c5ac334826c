// Reading an address's search parameters: what makes no sense counts as absent, never throws.
export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;

export const whole = (value: unknown): number | undefined => {
  const number = Number(value);
  return value !== undefined && Number.isInteger(number) && number >= 0 ? number : undefined;
};

export const oneOf = <V extends string>(value: unknown, allowed: readonly V[]): V | undefined =>
  allowed.find((each) => each === value);
