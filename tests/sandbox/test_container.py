"""No setting makes a container that reaches beyond itself."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.sandbox.container import assert_contained, container_options
from factory_tui.sandbox.port import Labels, Role, SandboxError, SandboxRequest

PINNED = "sha256:" + "a" * 64

requests = st.builds(
    SandboxRequest,
    labels=st.builds(
        Labels,
        workspace=st.text(),
        run=st.text(),
        attempt=st.integers(),
        role=st.sampled_from(Role),
        expires=st.just(datetime.now(UTC)),
    ),
    image=st.sampled_from([PINNED, f"repository/name@{PINNED}"]),
    memory_mb=st.integers(6, 1 << 20),
    cpus=st.floats(0.01, 512),
    pids=st.integers(1, 1 << 20),
    disk_mb=st.integers(1, 1 << 20),
    ttl_s=st.floats(0, 1e7),
    env=st.dictionaries(st.text(), st.text()),
    runtime=st.none() | st.text(min_size=1),
)

BREACHES: list[tuple[str, Any]] = [
    ("Privileged", True),
    ("Privileged", False),
    ("Binds", ["/var/run/docker.sock:/var/run/docker.sock"]),
    ("Mounts", [{"Type": "bind", "Source": "/", "Target": "/host"}]),
    ("VolumesFrom", ["other"]),
    ("Devices", [{"PathOnHost": "/dev/kvm", "PathInContainer": "/dev/kvm", "CgroupPermissions": "rwm"}]),
    ("DeviceRequests", [{"Count": -1}]),
    ("CapAdd", ["SYS_ADMIN"]),
    ("CapDrop", []),
    ("SecurityOpt", ["seccomp=unconfined"]),
    ("PidMode", "host"),
    ("IpcMode", "host"),
    ("UTSMode", "host"),
    ("UsernsMode", "host"),
    ("CgroupnsMode", "host"),
    ("CgroupParent", "/"),
    ("NetworkMode", "host"),
    ("NetworkMode", "bridge"),
    ("PortBindings", {"80/tcp": [{"HostPort": "80"}]}),
    ("ExtraHosts", ["host:host-gateway"]),
    ("ReadonlyRootfs", False),
    ("Sysctls", {"kernel.shm_rmid_forced": "1"}),
    ("OomKillDisable", True),
    ("Memory", 0),
    ("MemorySwap", -1),
    ("PidsLimit", -1),
    ("Tmpfs", {"/etc": "rw"}),
    ("Init", False),
    ("AutoRemove", False),
    ("MaskedPaths", []),
    ("GroupAdd", ["docker"]),
]


@given(requests)
def test_whatever_the_settings_the_container_is_closed(request: SandboxRequest) -> None:
    options = container_options(request)
    host = options["HostConfig"]
    forbidden = {
        "Privileged",
        "Binds",
        "Mounts",
        "Devices",
        "CapAdd",
        "PidMode",
        "UsernsMode",
        "UTSMode",
        "VolumesFrom",
    }
    assert not forbidden & host.keys()
    assert host["CapDrop"] == ["ALL"]
    assert host["NetworkMode"] == "none"
    assert host["ReadonlyRootfs"] is True
    assert host["Memory"] == host["MemorySwap"] > 0
    assert host["PidsLimit"] > 0
    assert options["User"] not in ("", "0", "0:0", "root")
    assert options["Image"].endswith(PINNED)
    assert all("docker.sock" not in target and target.startswith("/") for target in host["Tmpfs"])
    assert all("nosuid" in text and "nodev" in text and "size=" in text for text in host["Tmpfs"].values())


@pytest.mark.parametrize(("key", "value"), BREACHES)
def test_a_dangerous_option_is_refused(key: str, value: object) -> None:
    options = copy.deepcopy(container_options(SandboxRequest(LABELS, PINNED)))
    options["HostConfig"][key] = value
    with pytest.raises(SandboxError, match="refusing"):
        assert_contained(options)


@pytest.mark.parametrize(
    ("key", "value"),
    [("User", "0"), ("User", ""), ("Volumes", {"/data": {}}), ("ExposedPorts", {"80/tcp": {}}), ("Image", "debian:12")],
)
def test_a_dangerous_option_outside_the_host_configuration_is_refused(key: str, value: object) -> None:
    options = copy.deepcopy(container_options(SandboxRequest(LABELS, PINNED)))
    options[key] = value
    with pytest.raises(SandboxError, match="refusing"):
        assert_contained(options)


@pytest.mark.parametrize("image", ["factory-sandbox:latest", "", "sha256:abc", f"{PINNED} --privileged"])
def test_an_image_that_is_not_pinned_is_refused(image: str) -> None:
    with pytest.raises(SandboxError, match="not pinned"):
        container_options(SandboxRequest(LABELS, image))


LABELS = Labels("workspace", "run", 1, Role.BUILD, datetime.now(UTC))
