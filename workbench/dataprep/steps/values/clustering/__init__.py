"""Clusters of texts that mean the same."""

from workbench.dataprep.steps.values.clustering.making import Cluster, Clusters, Member, make_clusters
from workbench.dataprep.steps.values.clustering.step import ClusterText

__all__ = ["Cluster", "ClusterText", "Clusters", "Member", "make_clusters"]
