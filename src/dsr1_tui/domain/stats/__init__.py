"""What many samples say: summaries of times, intervals of shares, and the scores that are told of reasoning models."""

from dsr1_tui.domain.stats.intervals import Estimate, Method, clustered_mean, clustered_share, wilson
from dsr1_tui.domain.stats.quantiles import normal_quantile, t_quantile
from dsr1_tui.domain.stats.samples import Rates, agreement, cons_at_k, mean_agreement, pass_at_k, rates
from dsr1_tui.domain.stats.summary import Summary, mean, percentile, summarise

__all__ = [
    "Estimate",
    "Method",
    "Rates",
    "Summary",
    "agreement",
    "clustered_mean",
    "clustered_share",
    "cons_at_k",
    "mean",
    "mean_agreement",
    "normal_quantile",
    "pass_at_k",
    "percentile",
    "rates",
    "summarise",
    "t_quantile",
    "wilson",
]
