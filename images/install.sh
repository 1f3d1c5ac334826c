# Installs packages into what becomes an image, and takes away what only the build needed.
set -eu
cp -a /etc/apt /machine/apt.base
. /machine/use.sh
apt-get update -qq
apt-get install -yqq --no-install-recommends "$@" >/dev/null
rm -rf /etc/apt /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/* /var/lib/dpkg/*-old
mv /machine/apt.base /etc/apt
# The packages' own certificates, whatever the building machine trusts.
rm -f /etc/ssl/certs/ca-certificates.crt
update-ca-certificates --fresh >/dev/null
groupadd --gid 1000 lab
useradd --uid 1000 --gid 1000 --create-home --shell /bin/bash lab
rm -rf /machine /tmp/* /etc/*-
