"""Claims about the manifests: that Kubernetes takes them, and what they promise."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from shizi.settings import Settings

pytestmark = pytest.mark.cluster

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
# What RayCluster's definition allows in these places (KubeRay 1.4, ray.io/v1).
HEAD = {"rayStartParams", "template", "serviceType", "headService"}
WORKERS = {
    *("groupName", "replicas", "minReplicas", "maxReplicas", "rayStartParams"),
    *("template", "idleTimeoutSeconds", "numOfHosts", "suspend"),
}


def documents(name: str) -> list[dict[str, Any]]:
    yaml: Any = import_module("yaml")
    text = (FOLDER / name).read_text(encoding="utf-8")
    found: list[dict[str, Any]] = list(yaml.safe_load_all(text))
    return found


def check(document: dict[str, Any]) -> None:
    """Hold a document to the newest schema of its kind; nothing unknown is let by."""
    library: Any = import_module("kubernetes_validate")
    library.validate(document, library.latest_version(), strict=True)


def ray_cluster() -> dict[str, Any]:
    (found,) = [each for each in documents("ray.yaml") if each["kind"] == "RayCluster"]
    return found


def templates() -> list[dict[str, Any]]:
    """Return the templates of all pods."""
    spec = ray_cluster()["spec"]
    groups = [spec["headGroupSpec"], *spec["workerGroupSpecs"]]
    (plain,) = [
        each for each in documents("shizi.yaml") if each["kind"] == "Deployment"
    ]
    return [plain["spec"]["template"], *(group["template"] for group in groups)]


@pytest.mark.parametrize("name", ["shizi.yaml", "ray.yaml"])
def test_kubernetes_takes_each_document(name: str) -> None:
    kinds = []
    for document in documents(name):
        kinds.append(document["kind"])
        if document["kind"] != "RayCluster":
            check(document)
    assert "Service" in kinds


def test_a_document_with_an_unknown_key_is_refused() -> None:
    service = documents("shizi.yaml")[1]
    service["spec"]["selektor"] = {}
    with pytest.raises(Exception, match="selektor"):
        check(service)


def test_the_ray_cluster_has_the_form_of_its_definition() -> None:
    cluster = ray_cluster()
    assert cluster["apiVersion"] == "ray.io/v1"
    spec = cluster["spec"]
    assert set(spec) == {"rayVersion", "headGroupSpec", "workerGroupSpecs"}
    assert spec["rayVersion"] == import_module("ray").__version__
    groups = [spec["headGroupSpec"], *spec["workerGroupSpecs"]]
    for group, known in zip(groups, [HEAD, WORKERS], strict=True):
        assert set(group) <= known
        assert {"rayStartParams", "template"} <= set(group)
        # Parameters of `ray start` are written as text.
        assert all(isinstance(each, str) for each in group["rayStartParams"].values())
    least, most = spec["workerGroupSpecs"][0]["minReplicas"], groups[1]["maxReplicas"]
    assert least <= spec["workerGroupSpecs"][0]["replicas"] <= most


@pytest.mark.parametrize("number", range(3))
def test_a_pod_is_one_that_kubernetes_takes_and_has_few_rights(number: int) -> None:
    template = templates()[number]
    check(
        {
            "apiVersion": "v1",
            "kind": "PodTemplate",
            "metadata": {"name": "a"},
            "template": template,
        }
    )
    spec = template["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    (container,) = spec["containers"]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    mounted = {each["name"] for each in container["volumeMounts"]}
    assert mounted == {each["name"] for each in spec["volumes"]}
    names = {each["name"] for each in container["env"]}
    known = {f"SHIZI_{field.upper()}" for field in Settings.model_fields}
    assert {name for name in names if name.startswith("SHIZI_")} <= known
    assert {"SHIZI_DATABASE", "SHIZI_SEAL_KEY"} <= names


def test_services_lead_to_the_pods() -> None:
    plain, ray = templates()[0], ray_cluster()["spec"]["workerGroupSpecs"][0]
    (service,) = [each for each in documents("shizi.yaml") if each["kind"] == "Service"]
    assert service["spec"]["selector"] == plain["metadata"]["labels"]
    (outer,) = [each for each in documents("ray.yaml") if each["kind"] == "Service"]
    # The labels that the operator gives.
    name = ray_cluster()["metadata"]["name"]
    assert outer["spec"]["selector"] == {
        "ray.io/cluster": name,
        "ray.io/node-type": "worker",
    }
    for target, pod in ((service, plain), (outer, ray["template"])):
        (container,) = pod["spec"]["containers"]
        ports = {each["name"]: each["containerPort"] for each in container["ports"]}
        (port,) = target["spec"]["ports"]
        assert ports[port["targetPort"]] == 8000
