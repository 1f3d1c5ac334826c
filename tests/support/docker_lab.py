"""A real lab on the tests' Docker Engine, under a namespace of its own, and looks into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from docker_engine import docker, engine_address
from docker_machine import namespace
from running_lab import RunningLab, running_lab

from mllab import Lab
from mllab.client.projects import Project

MACHINES_CA = Path("/etc/ssl/certs/ca-certificates.crt")
INSIDE = Path(__file__).parents[1] / "docker" / "inside"


@dataclass
class DockerLab:
    """A lab and the namespace that everything of it carries."""

    lab: RunningLab
    namespace: str

    @property
    def client(self) -> Lab:
        """A client of the first admin."""
        return Lab(self.lab.url, self.lab.token())

    def project(self, name: str) -> Project:
        """Create a project of the admin."""
        client = self.client
        client.projects.create(name)
        return client.project(name)

    def container(self, feature: str, project: str | None = None) -> str:
        """Return the id of the one running container of a service, job or workspace."""
        wanted = {"namespace": self.namespace, "feature.name": feature}
        found = labelled("ps", **wanted | ({"project": project} if project else {}))
        assert len(found) == 1, found
        return found[0]


@contextmanager
def docker_lab(folder: Path, **settings: str) -> Iterator[DockerLab]:
    """Give a lab on the Engine; `settings` by their names in the environment.

    Its containers trust what this machine trusts, so that they reach a package index as it does.
    """
    settings.setdefault("DOCKER_HOST", engine_address())
    if MACHINES_CA.is_file():
        settings.setdefault("LAB_CA_FILE", str(MACHINES_CA))
    with namespace() as name:
        env = {"LAB_NAMESPACE": name} | settings
        with running_lab(folder, "--runtime", "docker", env=env) as lab:
            yield DockerLab(lab, name)


def labelled(*listing: str, form: str = "{{.ID}}", **labels: str) -> list[str]:
    """Return what `docker ps`, `network ls` or `volume ls` shows of these labels of the lab."""
    filters = [f"--filter=label=lab.{name}={value}" for name, value in labels.items()]
    return docker(*listing, *filters, "--format", form).split()


def run_inside(container: str, program: str, *arguments: str) -> str:
    """Run a program of `tests/docker/inside` by a container's Python; return what it printed."""
    text = (INSIDE / f"{program}.py").read_text()
    return docker("exec", "--interactive", container, "python3", "-", *arguments, text=text)


def address_of(container: str) -> str:
    """Return the address of a container that is on one network."""
    form = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}"
    (address,) = docker("inspect", "--format", form, container).split()
    return address


def gateway_of(network: str) -> str:
    """Return this machine's own address on a network."""
    return docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", network)
