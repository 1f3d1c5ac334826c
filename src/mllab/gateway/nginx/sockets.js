// An open WebSocket asks once whether it may stay, and the lab answers when it may no more.
// The answer ends it here, in the process that carries it: no other connection is touched,
// and no byte of it passes through this script.
//
// njs holds timers back where a handler must be done at once, unless one is pending already.
// `watch` (a variable's handler, where the same is refused without effect on the request)
// leaves one pending; `filter` finds it, or else refuses the WebSocket. A script lives as
// long as its request and frees nothing before: hence one question that hangs, not many.
import cookies from 'cookies.js';

const URL = 'http://unix:/proc/self/cwd/sockets.sock:/';
const CUT = '/_lab/cut';  // nginx.conf.j2: 444
const AGAIN_MS = 10000;  // between questions to a lab that is away: at most 1.5 times this
const AWAY_MS = 3600000; // without a lab for so long, nobody vouches for a WebSocket any more

let request = null;
let pending = null;
let away_since = 0;

function watch(r) {
    request = r;
    pending = setTimeout(() => {}, AWAY_MS);
    return '';
}

function filter(r) {
    cookies.filter(r);
    if (r.status === 101) {
        setTimeout(ask, 0);
        clearTimeout(pending);
    }
}

async function ask() {
    const of = request.variables;
    const asked = Date.now();
    try {
        const answer = await ngx.fetch(URL, { headers: {
            'X-Lab-Credential': of.credential,
            'X-Lab-Workload': of.workload,
        } });
        if (answer.status === 403) {
            cut();
            return;
        }
    } catch (e) {
        // A lab that took the question was there until now.
        away_since = away_since && Date.now() - asked < AGAIN_MS ? away_since : Date.now();
    }
    const is_lost = away_since && Date.now() - away_since > AWAY_MS;
    setTimeout(is_lost ? cut : ask, AGAIN_MS * (0.5 + Math.random()));
}

// An error thrown here would end the request as well, but nginx would read on in what it
// had freed: it may only end what something else still holds on to, as a subrequest does.
function cut() {
    request.subrequest(CUT, { detached: true });
}

export default { watch, filter };
