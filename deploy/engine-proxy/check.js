// Decides about each request to the engine: by method and path, by what its body asks for, and
// by whose the thing is. A container, network or volume is the lab's when it has the label
// lab.namespace with the lab's name; the lab's own container may only be looked at and put on
// networks. What passes names things by id, so that a name cannot change its owner meanwhile.
import bodies from 'bodies.js';

const VERSION = /^\/v1\.[4-9][0-9](?=\/)/; // older ones let more be said in more places
const PLAIN = /^\/[a-zA-Z0-9_.:@-]+(\/[a-zA-Z0-9_.:@-]+)*$/;
const ID = '([a-zA-Z0-9][a-zA-Z0-9_.-]*)';
const MOST_TEXT = 1 << 20;

const ROUTES = [
    ['GET', '/_ping', bare],
    ['HEAD', '/_ping', bare],
    ['GET', '/version', bare],
    ['GET', '/info', bare],
    ['GET', '/events', bare],

    ['GET', '/containers/json', bare],
    ['POST', '/containers/create', create],
    ['GET', `/containers/${ID}/json`, ofContainerOrLab],
    ['GET', `/containers/${ID}/(?:logs|stats|archive)`, ofContainer],
    ['HEAD', `/containers/${ID}/archive`, ofContainer],
    ['PUT', `/containers/${ID}/archive`, putArchive],
    ['POST', `/containers/${ID}/(?:start|stop|kill|wait|rename)`, ofContainer],
    ['POST', `/containers/${ID}/exec`, exec],
    ['DELETE', `/containers/${ID}`, ofContainer],
    ['GET', `/exec/${ID}/json`, ofExec],
    ['POST', `/exec/${ID}/start`, startExec],

    ['POST', '/images/create', pull],
    ['GET', '/images/(.+)/json', bare],

    ['GET', '/networks', bare],
    ['POST', '/networks/create', createNetwork],
    ['GET', `/networks/${ID}`, ofNetwork],
    ['POST', `/networks/${ID}/(connect|disconnect)`, join],
    ['DELETE', `/networks/${ID}`, ofNetwork],

    ['GET', '/volumes', bare],
    ['POST', '/volumes/create', createVolume],
    ['GET', `/volumes/${ID}`, ofVolume],
    ['DELETE', `/volumes/${ID}`, ofVolume],
].map((row) => ({ method: row[0], path: new RegExp(`^${row[1]}$`), how: row[2] }));

async function decide(r) {
    try {
        const ask = read(r);
        const found = ROUTES.filter((row) => row.path.test(ask.path));
        if (found.length === 0) {
            refuse(`the lab has no use for ${ask.path}`);
        }
        const route = found.filter((row) => row.method === r.method)[0];
        if (!route) {
            refuse(`the lab has no use for ${r.method} ${ask.path}`);
        }
        ask.parts = route.path.exec(ask.path).slice(1);
        await route.how(r, ask);
    } catch (exc) {
        answer(r, exc);
    }
}

function answer(r, exc) {
    if (!exc.status) { // a fault of this script: nothing passes
        r.error(`check failed: ${exc.stack || exc}`);
    } else if (exc.status === 403) {
        r.warn(exc.message);
    }
    r.headersOut['Content-Type'] = 'application/json';
    const message = exc.status ? exc.message : 'engine proxy: the check failed; see its log';
    r.return(exc.status || 500, JSON.stringify({ message }));
}

function refuse(why) {
    throw { status: 403, message: `engine proxy: ${why}` };
}

// Path, version and arguments as they came. Only characters that mean themselves: what is
// compared here is then what the engine compares.
function read(r) {
    const uri = r.variables.request_uri;
    const mark = uri.indexOf('?');
    const whole = mark < 0 ? uri : uri.slice(0, mark);
    const path = whole.replace(VERSION, '');
    const isDotted = path.split('/').some((part) => part === '.' || part === '..');
    if (!PLAIN.test(path) || isDotted) {
        refuse(`the path ${whole} is not written plainly`);
    }
    return { path, version: whole.slice(0, whole.length - path.length),
        query: mark < 0 ? '' : uri.slice(mark) };
}

// --- Sending on ------------------------------------------------------------------------------

function send(r, ask, path, way) {
    r.variables.engine_uri = ask.version + path + ask.query;
    r.internalRedirect(way);
}

function bare(r, ask) {
    send(r, ask, ask.path, '@bare');
}

function sendText(r, ask, path, body, way) {
    r.variables.engine_body = JSON.stringify(body);
    send(r, ask, path, way || '@text');
}

function only(r, allowed) {
    Object.keys(r.args).forEach((name) => {
        if (allowed.indexOf(name) < 0 || Array.isArray(r.args[name])) {
            refuse(`the argument ${name} is not allowed here`);
        }
    });
    if (/;/.test(r.variables.args || '')) { // separates arguments for some readers
        refuse('arguments must not hold a semicolon');
    }
}

function readText(r, rule) {
    const text = r.requestText;
    if (text === undefined || text.length > MOST_TEXT) {
        refuse('a text of at most 1 MiB is needed here');
    }
    let body;
    try {
        body = JSON.parse(text || '{}');
    } catch (exc) {
        throw { status: 400, message: `engine proxy: the body is no JSON: ${exc.message}` };
    }
    if (!body || typeof body !== 'object' || Array.isArray(body)) {
        refuse('the body must be an object');
    }
    if (bodies.hasTwice(text, body)) {
        refuse('the body has the same key twice');
    }
    const wrong = rule(body);
    if (wrong) {
        refuse(wrong);
    }
    return body;
}

// --- Whose things are ------------------------------------------------------------------------

async function look(r, path) {
    const reply = await r.subrequest(`/.engine${path}`, { method: 'GET' });
    if (reply.status === 200) {
        return JSON.parse(reply.responseText);
    }
    let message = 'engine proxy: the engine does not answer';
    try {
        message = JSON.parse(reply.responseText).message;
    } catch (exc) {
        // no answer of the engine's own
    }
    throw { status: reply.status || 502, message };
}

function isOurs(labels) {
    return (labels || {})['lab.namespace'] === process.env.LAB_NAMESPACE;
}

function isLab(found) {
    const lab = process.env.LAB_CONTAINER;
    return Boolean(lab) && (found.Name === `/${lab}` || (lab.length >= 12 && found.Id.startsWith(lab)));
}

async function container(r, name, mayBeLab) {
    const found = await look(r, `/containers/${name}/json`);
    if (!isOurs(found.Config.Labels) && !(mayBeLab && isLab(found))) {
        refuse(`container ${name} is not of this lab`);
    }
    return found.Id;
}

async function network(r, name) {
    const found = await look(r, `/networks/${name}`);
    if (!isOurs(found.Labels)) {
        refuse(`network ${name} is not of this lab`);
    }
    return found.Id;
}

// --- What each call may do -------------------------------------------------------------------

function withId(ask, id) {
    return ask.path.replace(/^(\/[a-z]+\/)[^/]+/, (_, head) => head + id);
}

async function ofContainer(r, ask) {
    send(r, ask, withId(ask, await container(r, ask.parts[0], false)), '@bare');
}

async function ofContainerOrLab(r, ask) {
    send(r, ask, withId(ask, await container(r, ask.parts[0], true)), '@bare');
}

async function putArchive(r, ask) {
    send(r, ask, withId(ask, await container(r, ask.parts[0], false)), '@archive');
}

async function create(r, ask) {
    only(r, ['name', 'platform']);
    const body = readText(r, bodies.container);
    const names = bodies.networks(body);
    for (let i = 0; i < names.length; i++) {
        await network(r, names[i]);
    }
    const volumes = bodies.volumes(body);
    for (let i = 0; i < volumes.length; i++) {
        await volume(r, volumes[i], true);
    }
    sendText(r, ask, ask.path, body);
}

async function volume(r, name, mayBeNew) {
    let found;
    try {
        found = await look(r, `/volumes/${name}`);
    } catch (exc) {
        if (mayBeNew && exc.status === 404) {
            return;
        }
        throw exc;
    }
    if (!isOurs(found.Labels)) {
        refuse(`volume ${name} is not of this lab`);
    }
}

async function ofVolume(r, ask) {
    await volume(r, ask.parts[0], false);
    bare(r, ask);
}

async function exec(r, ask) {
    const body = readText(r, bodies.exec);
    sendText(r, ask, withId(ask, await container(r, ask.parts[0], false)), body);
}

async function ofExec(r, ask) {
    await execOfOurs(r, ask.parts[0]);
    bare(r, ask);
}

async function startExec(r, ask) {
    const body = readText(r, bodies.execStart);
    await execOfOurs(r, ask.parts[0]);
    sendText(r, ask, ask.path, body, '@talk');
}

async function execOfOurs(r, id) {
    const found = await look(r, `/exec/${id}/json`);
    await container(r, found.ContainerID, false);
}

function pull(r, ask) {
    only(r, ['fromImage', 'tag', 'platform']);
    bare(r, ask);
}

function createNetwork(r, ask) {
    sendText(r, ask, ask.path, readText(r, bodies.network));
}

async function ofNetwork(r, ask) {
    send(r, ask, withId(ask, await network(r, ask.parts[0])), '@bare');
}

async function join(r, ask) {
    const verb = ask.parts[1];
    const body = readText(r, bodies[verb]);
    body.Container = await container(r, body.Container, true);
    sendText(r, ask, withId(ask, await network(r, ask.parts[0])), body);
}

function createVolume(r, ask) {
    sendText(r, ask, ask.path, readText(r, bodies.volume));
}

export default { decide };
