# Sourced by build stages: apt, pip, uv and npm as on the building machine (see README.md here).
machine=/machine
if [ -s $machine/sources.list ]; then
    rm -rf /etc/apt/sources.list.d/*
    cp $machine/sources.list /etc/apt/sources.list
fi
[ ! -s $machine/apt.conf ] || cp $machine/apt.conf /etc/apt/apt.conf.d/99machine
if [ -s $machine/ca-certificates.crt ]; then
    mkdir -p /etc/ssl/certs
    [ -s /etc/ssl/certs/ca-certificates.crt ] || cp $machine/ca-certificates.crt /etc/ssl/certs/
    export SSL_CERT_FILE=$machine/ca-certificates.crt PIP_CERT=$machine/ca-certificates.crt
    export NODE_EXTRA_CA_CERTS=$machine/ca-certificates.crt UV_SYSTEM_CERTS=true
fi
[ ! -s $machine/pip.conf ] || export PIP_CONFIG_FILE=$machine/pip.conf
[ ! -s $machine/uv.toml ] || export UV_CONFIG_FILE=$machine/uv.toml
[ ! -s $machine/npmrc ] || export NPM_CONFIG_USERCONFIG=$machine/npmrc
if [ -s $machine/variables ]; then
    set -a
    . $machine/variables
    set +a
fi
[ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
export DEBIAN_FRONTEND=noninteractive UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
