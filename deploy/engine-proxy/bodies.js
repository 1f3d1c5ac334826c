// What a text sent to the engine may hold. Pure; knows no HTTP.
//
// A rule takes a value and its place in the text and returns a complaint, or '' for none. What
// no rule names is refused: the engine takes keys in any case ("privileged" works), and later
// engines have new ones. The text that goes on is written anew from what was read here.
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

function isEmpty(value) {
    return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}

const any = () => '';
const none = (value, place) => (isEmpty(value) ? '' : `${place} is not allowed`);
const unset = (value, place) => (value === null ? '' : `${place} is not allowed`);

function among(allowed) {
    return (value, place) => (isEmpty(value) || allowed.indexOf(value) >= 0
        ? '' : `${place} may be ${allowed.join(' or ')} only`);
}

function each(rule) {
    return (value, place) => {
        if (isEmpty(value)) {
            return '';
        }
        if (!Array.isArray(value)) {
            return `${place} must be a list`;
        }
        return first(value.map((item, number) => rule(item, `${place}[${number}]`)));
    };
}

function fields(rules) {
    return (value, place) => {
        if (isEmpty(value)) {
            return '';
        }
        if (typeof value !== 'object' || Array.isArray(value)) {
            return `${place || 'the body'} must be an object`;
        }
        return first(Object.keys(value).map((key) => {
            const name = place ? `${place}.${key}` : key;
            return Object.prototype.hasOwnProperty.call(rules, key)
                ? rules[key](value[key], name) : `${name} is not allowed`;
        }));
    };
}

// An object whose keys are free.
function table(rule) {
    return (value, place) => (isEmpty(value) ? '' : first(
        Object.keys(value).map((key) => rule(value[key], `${place}.${key}`))));
}

function first(complaints) {
    return complaints.filter((text) => text)[0] || '';
}

function named(value, place) {
    return typeof value === 'string' && NAME.test(value) ? '' : `${place} must be a name`;
}

function ours(labels, place) {
    const mine = process.env.LAB_NAMESPACE;
    return labels && labels['lab.namespace'] === mine
        ? '' : `${place} must have lab.namespace=${mine}`;
}

// The network by name; `none` too, but nobody else's ("host", "container:…", "bridge").
function network(value, place) {
    return typeof value === 'string' && NAME.test(value) && !/^(host|bridge|default)$/.test(value)
        ? '' : `${place} must name a network of the lab`;
}

// "volume:/place", never a folder of the host.
function bind(value, place) {
    return typeof value === 'string' && NAME.test(value.split(':')[0]) && value.indexOf(':/') > 0
        ? '' : `${place} must mount a volume, no folder of the host`;
}

const ADDRESS = { IPAMConfig: any, Links: none, Aliases: any, MacAddress: any, NetworkID: any,
    EndpointID: any, Gateway: any, IPAddress: any, IPPrefixLen: any, IPv6Gateway: any,
    GlobalIPv6Address: any, GlobalIPv6PrefixLen: any, DriverOpts: none };

const MOUNT = fields({ Type: any, Source: any, Target: any, ReadOnly: any, Consistency: any,
    BindOptions: none, TmpfsOptions: any,
    VolumeOptions: fields({ NoCopy: any, Labels: any, DriverConfig: none }) });

const GPUS = fields({ Driver: among(['nvidia']), Count: any, DeviceIDs: any, Capabilities: any,
    Options: none });

function mount(value, place) {
    const wrong = MOUNT(value, place);
    if (wrong) {
        return wrong;
    }
    if (!value || ['volume', 'tmpfs'].indexOf(value.Type) < 0) {
        return `${place}.Type may be volume or tmpfs only`;
    }
    return value.Type === 'tmpfs' || isEmpty(value.Source) ? '' : named(value.Source, `${place}.Source`);
}

function gpus(value, place) {
    const wrong = GPUS(value, place);
    const kinds = (value && value.Capabilities) || [];
    return wrong || (JSON.stringify(kinds).indexOf('"gpu"') > 0 ? '' : `${place} must ask for GPUs`);
}

const HOST = {
    // Limits
    BlkioWeight: any, CpuCount: any, CpuPercent: any, CpuPeriod: any, CpuQuota: any,
    CpuRealtimePeriod: none, CpuRealtimeRuntime: none, CpuShares: any, CpusetCpus: any,
    CpusetMems: any, IOMaximumBandwidth: none, IOMaximumIOps: none, KernelMemory: any,
    KernelMemoryTCP: any, Memory: any, MemoryReservation: any, MemorySwap: any,
    MemorySwappiness: any, NanoCpus: any, OomKillDisable: none, PidsLimit: any, ShmSize: any,
    StorageOpt: fields({ size: any }), Ulimits: any,
    OomScoreAdj: (value, place) => (value >= 0 ? '' : `${place} must not be negative`),
    // Life
    Annotations: none, AutoRemove: any, ConsoleSize: any, Init: any, RestartPolicy: any,
    LogConfig: fields({ Type: among(['json-file', 'local', 'none']), Config: any }),
    // Rights
    CapAdd: none, CapDrop: any, GroupAdd: any, MaskedPaths: unset, Privileged: none,
    ReadonlyPaths: unset, ReadonlyRootfs: any, Sysctls: none,
    SecurityOpt: each(among(['no-new-privileges', 'no-new-privileges:true'])),
    // Devices and programs of the host
    BlkioDeviceReadBps: none, BlkioDeviceReadIOps: none, BlkioDeviceWriteBps: none,
    BlkioDeviceWriteIOps: none, BlkioWeightDevice: none, DeviceCgroupRules: none,
    DeviceRequests: each(gpus), Devices: none, Isolation: among(['default']),
    Runtime: among(['runc', 'nvidia']),
    // What containers share
    Cgroup: none, CgroupParent: none, CgroupnsMode: among(['private']),
    IpcMode: among(['private', 'none', 'shareable']), PidMode: none, UTSMode: none,
    UsernsMode: none,
    // Files
    Binds: each(bind), ContainerIDFile: none, Mounts: each(mount), Tmpfs: any,
    VolumeDriver: among(['local']), VolumesFrom: none,
    // Network
    Dns: any, DnsOptions: any, DnsSearch: any, ExtraHosts: any, Links: none,
    NetworkMode: network, PortBindings: none, PublishAllPorts: none,
};

const CREATE = fields({ ArgsEscaped: any, AttachStderr: any, AttachStdin: any, AttachStdout: any,
    Cmd: any, Domainname: any, Entrypoint: any, Env: any, ExposedPorts: any, Healthcheck: any,
    Hostname: any, Image: any, Labels: any, MacAddress: any, NetworkDisabled: any, OnBuild: none,
    OpenStdin: any, Shell: any, StdinOnce: any, StopSignal: any, StopTimeout: any, Tty: any,
    User: any, Volumes: table(none), WorkingDir: any,
    HostConfig: fields(HOST), NetworkingConfig: fields({ EndpointsConfig: table(fields(ADDRESS)) }) });

function container(body) {
    const wrong = CREATE(body, '');
    return wrong || ours(body.Labels, 'Labels')
        || network((body.HostConfig || {}).NetworkMode, 'HostConfig.NetworkMode')
        || first(networks(body).map((name) => network(name, 'NetworkingConfig')));
}

// Names of the networks and volumes that a container is to have.
function networks(body) {
    const more = (body.NetworkingConfig || {}).EndpointsConfig || {};
    return [body.HostConfig.NetworkMode].concat(Object.keys(more)).filter((name) => name !== 'none');
}

function volumes(body) {
    const binds = (body.HostConfig.Binds || []).map((text) => text.split(':')[0]);
    const mounts = (body.HostConfig.Mounts || []).filter((item) => item.Type === 'volume');
    return binds.concat(mounts.map((item) => item.Source)).filter((name) => name);
}

const EXEC = fields({ AttachStderr: any, AttachStdin: any, AttachStdout: any, Cmd: any,
    ConsoleSize: any, Container: none, Detach: any, DetachKeys: any, Env: any, Privileged: none,
    Tty: any, User: any, WorkingDir: any });

const EXEC_START = fields({ ConsoleSize: any, Detach: any, Tty: any });

const NETWORK = fields({ Attachable: any, CheckDuplicate: any, ConfigFrom: none, ConfigOnly: none,
    Driver: among(['bridge']), EnableIPv6: any, Ingress: none, Internal: any, Labels: any,
    Name: any, Options: none, Scope: among(['local']),
    IPAM: fields({ Driver: among(['default']), Options: none, Config: any }) });

const VOLUME = fields({ Driver: among(['local']), DriverOpts: none, Labels: any, Name: any });

const CONNECT = fields({ Container: named, EndpointConfig: fields(ADDRESS) });
const DISCONNECT = fields({ Container: named, Force: any });

const labelled = (rule) => (body) => rule(body, '') || ours(body.Labels, 'Labels');
const joined = (rule) => (body) => rule(body, '') || named(body.Container, 'Container');

// Of two keys with the same name the engine may read the first and this the last: in a valid
// text each string before a colon is a key.
function hasTwice(text, body) {
    let count = 0;
    text.replace(/"(?:[^"\\]|\\.)*"(\s*:)?/g, (_, colon) => { count += colon ? 1 : 0; return ''; });
    return count !== keys(body);
}

function keys(value) {
    if (!value || typeof value !== 'object') {
        return 0;
    }
    const own = Array.isArray(value) ? 0 : Object.keys(value).length;
    return Object.keys(value).reduce((sum, key) => sum + keys(value[key]), own);
}

export default { NAME, container, networks, volumes, hasTwice,
    exec: (body) => EXEC(body, ''),
    execStart: (body) => EXEC_START(body, ''),
    network: labelled(NETWORK), volume: labelled(VOLUME),
    connect: joined(CONNECT), disconnect: joined(DISCONNECT) };
