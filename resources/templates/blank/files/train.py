"""A first run: replace it with your own."""

import argparse

import workbench

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, default=0.5)
rate = parser.parse_args().rate

workbench.log_params({"rate": rate})
loss = 1.0
for step in range(10):
    loss *= rate
    workbench.log("loss", loss, step=step)
    print(f"step {step}: loss {loss:.4f}")
workbench.log_text("result.txt", f"final loss {loss}\n")
