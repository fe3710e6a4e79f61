"""MLflow's REST protocol over the workspace: any MLflow client, in any language, logs here as it does into a server of its own.

One file a concept; each registers its calls with `spoken`. What MLflow has and this server does not speak answers 501.
"""
