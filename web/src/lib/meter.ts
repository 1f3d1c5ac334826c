// How fast bytes go, evened out over some seconds.
const HALF_LIFE_S = 3;

/** Told now and then how many bytes have gone, it knows the speed. Times in ms. */
export class Meter {
  private at: number | null = null;
  private bytes = 0;
  private rate: number | null = null;

  /** Bytes per second; null until two looks are apart. */
  get speed(): number | null {
    return this.rate;
  }

  add(nowMs: number, bytes: number): void {
    if (this.at === null || bytes < this.bytes) {
      this.at = nowMs;
      this.bytes = bytes;
      return;
    }
    const seconds = (nowMs - this.at) / 1000;
    if (seconds < 0.2) return;
    const current = (bytes - this.bytes) / seconds;
    const weight = this.rate === null ? 1 : 1 - 0.5 ** (seconds / HALF_LIFE_S);
    this.rate = (this.rate ?? 0) + weight * (current - (this.rate ?? 0));
    this.at = nowMs;
    this.bytes = bytes;
  }

  /** Forget the past: a pause lies between. */
  reset(): void {
    this.at = null;
    this.rate = null;
  }
}
