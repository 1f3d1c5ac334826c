// What a workload's answer must not do: set the lab's own cookies, or a cookie for more
// than this host, or be no HTTP at all.
const OURS = /^(?:__host-|__secure-)?(?:NAMES)$/;

function isAllowed(line) {
    const parts = line.split(';');
    // "=lab_session=x" is a cookie without a name: browsers send it back as "lab_session=x".
    const name = parts[0].replace(/^[=\s]+/, '').split('=')[0].trim().toLowerCase();
    const wide = parts.slice(1).some(part => /^\s*domain\s*=\s*[^\s]/i.test(part));
    return !OURS.test(name) && !wide;
}

// An error ends the answer before a byte of it is sent.
function filter(r) {
    // nginx takes an answer without a status line for HTTP/0.9 and would send its bytes on
    // raw, into a connection that the browser also uses for the lab's own answers.
    if (r.httpVersion === '0.9') {
        throw new Error('the workload sent no HTTP');
    }
    // nginx takes a 1xx for the answer itself and sends the rest on raw, as above: to a
    // client it is only the prelude of the answer that those bytes may hold.
    if (r.status < 200 && !(r.status === 101 && r.variables.upgrade)) {
        throw new Error('the workload sent a status that was not asked for');
    }
    const lines = r.headersOut['Set-Cookie'];
    if (lines) {
        const kept = lines.filter(isAllowed);
        if (kept.length < lines.length) {
            r.headersOut['Set-Cookie'] = kept;
        }
    }
}

// As a variable, for which nginx takes an error for an empty value.
function check(r) {
    filter(r);
    return 'good';
}

export default { filter, check };
