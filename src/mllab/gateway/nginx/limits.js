// How often a service key may call: requests in the last window, over all workers.
//
// The window slides in steps: a counter for each, the oldest weighing less and less. A
// request takes its place before it looks, and gives it back when there was none, so of
// several at once no more get through than may. Plain loops: this runs for each request.
const STEPS = 10;

function count(r) {
    const limit = r.variables.limit.split(':');
    const step_ms = r.variables.limit_window_ms / STEPS;
    const at = Date.now() / step_ms;
    const now = Math.floor(at);
    const name = limit[0] + '.';
    const life_ms = 2 * STEPS * step_ms;
    const counters = ngx.shared.limits;
    const mine = counters.incr(name + now, 1, 0, life_ms);
    // A worker that read the clock a moment later may have taken its place already.
    let excess = mine + (counters.get(name + (now + 1)) || 0) - limit[1];
    for (let age = 1; age < STEPS; age++) {
        excess += counters.get(name + (now - age)) || 0;
    }
    const oldest = counters.get(name + (now - STEPS)) || 0;
    excess += oldest * (1 - (at - now));
    if (excess <= 0) {
        return '';
    }
    counters.incr(name + now, -1, 0, life_ms);
    return String(Math.max(1, Math.ceil(wait(counters, name, at, excess) * step_ms / 1000)));
}

// Steps until the oldest counters have given up `excess` places.
function wait(counters, name, at, excess) {
    const now = Math.floor(at);
    for (let age = STEPS; age >= 0; age--) {
        const whole = counters.get(name + (now - age)) || 0;
        const gone = age === STEPS ? at - now : 0;
        if (excess <= whole * (1 - gone)) {
            return (age === STEPS ? 0 : now + STEPS - age - at) + excess / whole;
        }
        excess -= whole * (1 - gone);
    }
    return STEPS;
}

export default { count };
