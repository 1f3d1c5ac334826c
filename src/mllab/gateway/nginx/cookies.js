// Drops a workload's Set-Cookie for the lab's own names, or for more than this host.
const OURS = /^(?:__host-|__secure-)?(?:NAMES)$/;

function isAllowed(line) {
    const parts = line.split(';');
    // "=lab_session=x" is a cookie without a name: browsers send it back as "lab_session=x".
    const name = parts[0].replace(/^[=\s]+/, '').split('=')[0].trim().toLowerCase();
    const wide = parts.slice(1).some(part => /^\s*domain\s*=\s*[^\s]/i.test(part));
    return !OURS.test(name) && !wide;
}

function filter(r) {
    const lines = r.headersOut['Set-Cookie'];
    if (lines) {
        const kept = lines.filter(isAllowed);
        if (kept.length < lines.length) {
            r.headersOut['Set-Cookie'] = kept;
        }
    }
}

export default { filter };
