"""Starts that fail because of the model: not found, not reachable, not allowed, not whole, not this way."""

from typing import Final

from dsr1_tui.domain.server.causes import Cause, Finding, because, cause
from dsr1_tui.domain.server.diagnosis import Diagnosis, StartCode
from dsr1_tui.domain.server.remedies import off

_SPELL: Final = (
    "Check the spelling: a folder on this machine, or a name of the hub like deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B."
)
_FETCH: Final = "Download the model anew, or give a folder that holds all of it."


def _no_model(found: Finding) -> Diagnosis:
    name = found.words(1) or found.given.model or ""
    if name.startswith(("/", ".", "~")):
        why, remedy = f"There is no model folder {name}.", _SPELL
    else:
        why = f"The hub knows no model {name}.".replace(" .", ".")
        remedy = f"{_SPELL} For a private one set HF_TOKEN."
    return because(StartCode.MODEL_NOT_FOUND, why, remedy)


def _no_repository(found: Finding) -> Diagnosis:
    name = found.words(1) or found.given.model or "of that name"
    why = f"The hub knows no model {name}, or it is private."
    return because(StartCode.MODEL_NOT_FOUND, why, f"{_SPELL} For a private one set HF_TOKEN.")


def _no_revision(_: Finding) -> Diagnosis:
    why = "The model has no such revision (branch, tag or commit)."
    return because(
        StartCode.MODEL_NOT_FOUND, why, "Start without --revision, or with one that exists.", off("--revision")
    )


def _bad_place(found: Finding) -> Diagnosis:
    name = found.words()
    if name.startswith(("/", ".", "~")):
        why = f"The folder {name} holds no configuration (config.json) that vLLM reads."
        return because(StartCode.CONFIG_MISSING, why, _FETCH)
    return _no_model(found)


def _offline(found: Finding) -> Diagnosis:
    model = found.given.model
    why = f"The model{f' {model}' if model else ''} is not in the hub's cache, and the hub was not asked: offline mode."
    remedy = "Unset HF_HUB_OFFLINE, set HF_ENDPOINT to a mirror, or give the model as a local folder."
    return because(StartCode.HUB_OFFLINE, why, remedy)


def _unreachable(_: Finding) -> Diagnosis:
    why = "The model hub is out of reach, and the model is not in its cache."
    remedy = "Check the network, set HF_ENDPOINT to a mirror, or give a local folder (then HF_HUB_OFFLINE=1)."
    return because(StartCode.HUB_OFFLINE, why, remedy)


def _too_many(_: Finding) -> Diagnosis:
    why = "The model hub refused: too many requests from here."
    remedy = "Wait and start again, set HF_TOKEN, set HF_ENDPOINT to a mirror, or give a local folder."
    return because(StartCode.HUB_OFFLINE, why, remedy)


def _gated(found: Finding) -> Diagnosis:
    model = found.given.model
    why = f"The model{f' {model}' if model else ''} is gated, and the hub did not let you in."
    remedy = "Accept its terms on the model's page, then set HF_TOKEN to a token of that account."
    return because(StartCode.HUB_AUTH, why, remedy)


def _bad_token(_: Finding) -> Diagnosis:
    why = "The model hub did not accept the token, or there is none."
    return because(
        StartCode.HUB_AUTH, why, "Set HF_TOKEN to a valid token with read access, or log in with `hf auth login`."
    )


def _no_weights(found: Finding) -> Diagnosis:
    name = found.words(1)
    why = f"The model holds no weights that vLLM can load{f' ({name})' if name else ''}."
    return because(StartCode.WEIGHTS_MISSING, why, _FETCH)


def _no_shard(found: Finding) -> Diagnosis:
    why = f"A file of the weights is missing: {found.words(1)}."
    return because(StartCode.WEIGHTS_MISSING, why, _FETCH)


def _uncovered(_: Finding) -> Diagnosis:
    why = "Some of the model's weights are in none of its files."
    return because(StartCode.WEIGHTS_MISSING, why, _FETCH)


def _damaged(found: Finding) -> Diagnosis:
    what = found.words(1)
    why = f"A file of the weights is damaged{f': {what}' if what else ''}."
    return because(StartCode.WEIGHTS_DAMAGED, why, "Delete that file and download the model anew.")


def _misshapen(_: Finding) -> Diagnosis:
    why = "The weights do not have the shapes that the configuration tells."
    return because(
        StartCode.WEIGHTS_DAMAGED, why, "Make sure that config.json and the weights are of one model; download anew."
    )


def _no_config(found: Finding) -> Diagnosis:
    why = f"The model lacks a file of its configuration: {found.words(1, 'config.json')}."
    return because(StartCode.CONFIG_MISSING, why, _FETCH)


def _no_tokenizer(_: Finding) -> Diagnosis:
    return because(StartCode.CONFIG_MISSING, "The model's tokenizer is missing or cannot be read.", _FETCH)


def _unread_config(_: Finding) -> Diagnosis:
    why = "The model's config.json cannot be read, or names no model type."
    return because(StartCode.CONFIG_MISSING, why, _FETCH)


def _unsupported(found: Finding) -> Diagnosis:
    why = f"This vLLM does not know the model's architecture {found.words(1)}.".replace(" .", ".")
    return because(StartCode.UNKNOWN, why, "Update vLLM (and transformers with it), or take another model.")


def _foreign_code(_: Finding) -> Diagnosis:
    why = "The model brings code of its own, which vLLM runs only when told to."
    return because(StartCode.UNKNOWN, why, "If you trust whoever made the model, add --trust-remote-code.")


_SAFE: Final = (
    r"header too large|header too small|incomplete metadata[^\n]{0,60}|invalid (?:json|utf-8|header)[^\n]{0,60}"
    r"|HeaderTooLarge|HeaderTooSmall|MetadataIncompleteBuffer|InvalidHeader\w{0,20}|InvalidOffset|TensorInvalidInfo"
)
_NET: Final = (
    r"(?:Max retries exceeded|NameResolutionError|Failed to resolve|Temporary failure in name resolution"
    r"|Name or service not known|nodename nor servname|Network is unreachable|No route to host|Connection refused"
    r"|ConnectTimeout|ReadTimeout|ConnectError|ConnectionError|ProxyError|CERTIFICATE_VERIFY_FAILED|5\d\d Server Error)"
)

MODEL_CAUSES: Final[tuple[Cause, ...]] = (
    cause(r"Repo id must (?:be in the form|use alphanumeric)[^:]{0,200}: '([^']{1,300})'", _no_model, "repo id must"),
    cause(
        r"GatedRepoError|access a gated repo|Cannot access gated repo|Access to model .{1,120} is restricted",
        _gated,
        "gatedrepoerror",
        "gated repo",
        "is restricted",
    ),
    cause(
        r"Invalid credentials in Authorization|Invalid user token|LocalTokenNotFoundError|token has the correct permis",
        _bad_token,
        "invalid credentials",
        "user token",
        "localtokennotfound",
        "correct permissions",
    ),
    cause(
        r"RepositoryNotFoundError"
        r"(?:.{0,240}?Repository Not Found for url: https?://[^/ ]+/(?:api/models/)?([\w.-]+/[\w.-]+))?",
        _no_repository,
        "repositorynotfounderror",
    ),
    cause(r"([\w./~-]{1,200}) is not a local folder(?: and| or)", _no_model, "is not a local folder"),
    cause(r"Incorrect path_or_model_id: ['`]([^'`]{1,200})", _no_model, "path_or_model_id"),
    cause(
        r"RevisionNotFoundError|is not a valid git identifier|Revision Not Found",
        _no_revision,
        "revisionnotfound",
        "git identifier",
        "revision not found",
    ),
    cause(r"Invalid repository ID or local directory specified: '([^']{1,300})'", _bad_place, "invalid repository id"),
    cause(
        r"outgoing traffic has been disabled|offline mode is enabled|OfflineModeIsEnabled|HF_HUB_OFFLINE=1",
        _offline,
        "outgoing traffic",
        "offline mode is",
        "offlinemodeisenabled",
    ),
    cause(r"429 (?:Client Error|Too Many Requests)", _too_many, "429 "),
    cause(
        r"couldn't connect to '?https?://|An error happened while trying to locate|LocalEntryNotFoundError"
        r"|Distant resource does not seem to be on|Cannot reach https?://",
        _unreachable,
        "couldn't connect to",
        "trying to locate",
        "localentrynotfound",
        "distant resource",
        "cannot reach",
    ),
    cause(
        rf"{_NET}.{{0,300}}?(?:huggingface|hf[.-]|modelscope)|(?:huggingface|hf[.-]|modelscope).{{0,300}}?{_NET}",
        _unreachable,
        "huggingface",
        "hf.co",
        "hf-mirror",
        "modelscope",
        weak=True,
    ),
    cause(
        r"\b(?:401|403) (?:Client Error|Unauthorized|Forbidden).{0,200}?(?:huggingface|hf[.-])",
        _bad_token,
        "401 ",
        "403 ",
        weak=True,
    ),
    cause(r"Cannot find any model weights(?: with [`']([^`']{1,200}))?", _no_weights, "cannot find any model weights"),
    cause(r"Weight files referenced in index but missing: ([^\n]{1,200})", _no_shard, "index but missing"),
    cause(r"Error no file named ([\w.-]{1,80})", _no_weights, "error no file named"),
    cause(
        r"does not appear to have (?:a file|files) named \(?'?([\w.-]*(?:\.safetensors|\.bin|\.pth?|\.gguf|\.h5))",
        _no_weights,
        "does not appear to have",
    ),
    cause(
        r"(?:No such file|does not exist|not found).{0,200}?([\w.-]{1,120}\.(?:safetensors|bin|pth?|gguf))\b",
        _no_shard,
        ".safetensors",
        ".bin",
        ".pt",
        ".gguf",
    ),
    cause(r"weights were not initialized from checkpoint", _uncovered, "not initialized from"),
    cause(
        rf"({_SAFE})", _damaged, "header", "incomplete metadata", "metadataincomplete", "invalidoffset", "tensorinvalid"
    ),
    cause(
        r"SafetensorError: ([^\n]{0,80})|PytorchStreamReader failed|UnpicklingError|invalid load key"
        r"|Unable to load weights from|file might be corrupted|Consistency check failed",
        _damaged,
        "safetensorerror",
        "pytorchstreamreader",
        "unpicklingerror",
        "invalid load key",
        "unable to load weights",
        "corrupted",
        "consistency",
    ),
    cause(
        r"Attempted to load weight \(|size mismatch for \w|loaded_weight\.shape",
        _misshapen,
        "attempted to load weight",
        "size mismatch for",
        "loaded_weight",
    ),
    cause(r"does not appear to have (?:a file|files) named \(?'?([\w.-]{1,80})", _no_config, "does not appear to have"),
    cause(
        r"Can't load (?:the )?(configuration|config|image processor|feature extractor)\b", _unread_config, "can't load"
    ),
    cause(
        r"Can't load tokenizer|Couldn't instantiate the backend tokenizer|(?:No such file|not found).{0,120}tokenizer",
        _no_tokenizer,
        "tokenizer",
    ),
    cause(
        r"Unrecognized model in|is not a valid JSON file|No supported config format|should have a `?model_type"
        r"|JSONDecodeError",
        _unread_config,
        "unrecognized model in",
        "valid json",
        "config format",
        "model_type",
        "jsondecodeerror",
    ),
    cause(r"(?:No such file|not found).{0,200}?(\bconfig\.json)", _no_config, "config.json"),
    cause(
        r"Model architectures? (\[[^\]]{0,120}\]) (?:are|is) not supported"
        r"|has model type `([\w-]{1,60})` but Transformers"
        r"|architectures .{1,160} failed to be inspected",
        _unsupported,
        "architecture",
        "model type",
        weak=True,
    ),
    cause(
        r"trust_remote_code=True|--trust-remote-code",
        _foreign_code,
        "trust_remote_code",
        "trust-remote-code",
        weak=True,
    ),
    cause(
        r"(?:No such file or directory|NotADirectoryError)[^'\"]{0,40}['\"]([^'\"]{1,300})",
        _no_model,
        "no such file",
        "notadirectory",
        weak=True,
    ),
)
