/** The newest version of a registered model that is known: versions count up. */
export function newestOf<V extends { version: string }>(model: { latest: V[] }): V | undefined {
  return model.latest.reduce<V | undefined>((best, each) => (best === undefined || Number(each.version) > Number(best.version) ? each : best), undefined);
}
