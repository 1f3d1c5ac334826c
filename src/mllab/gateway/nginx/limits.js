// How often a service key may call: requests in the last window, over all workers.
//
// The window slides in tenths: a counter for each, the oldest weighing less and less. A
// request takes its place before it looks, and gives it back when there was none, so of
// several at once no more get through than may.
const TENTHS = 10;

function count(r) {
    const limit = r.variables.limit.split(':');
    const tenth_ms = Number(r.variables.limit_window_ms) / TENTHS;
    const at = Date.now() / tenth_ms;
    const now = Math.floor(at);
    const counters = ngx.shared.limits;
    const add = by => counters.incr(`${limit[0]}.${now}`, by, 0, 2 * TENTHS * tenth_ms);
    add(1);
    // -1: a worker that read the clock a moment later may have taken its place already.
    const taken = [];
    for (let age = -1; age <= TENTHS; age++) {
        taken[age + 1] = counters.get(`${limit[0]}.${now - age}`) || 0;
    }
    taken[TENTHS + 1] *= 1 - (at - now);
    const excess = taken.reduce((sum, each) => sum + each, 0) - Number(limit[1]);
    if (excess <= 0) {
        return '';
    }
    add(-1);
    taken[1] -= 1;
    return String(Math.max(1, Math.ceil(wait(taken, excess, at - now) * tenth_ms / 1000)));
}

// Tenths until the oldest counters have given up `excess` places.
function wait(taken, excess, gone) {
    for (let age = TENTHS; age >= 0; age--) {
        const there = taken[age + 1];
        if (excess <= there) {
            const starts = age === TENTHS ? 0 : TENTHS - age - gone;
            const whole = age === TENTHS ? there / (1 - gone) : there;
            return starts + excess / whole;
        }
        excess -= there;
    }
    return TENTHS;
}

export default { count };
