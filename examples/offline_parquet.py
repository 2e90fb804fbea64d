"""Batches as a Parquet file: a row for each model call and each node sample, for pandas, DuckDB, Spark or `datasets`.

pip install 'dash-reinforce[arrow,zstd]'
python offline_parquet.py batches.jsonl calls.parquet --only-trained
"""

from __future__ import annotations

import argparse

import pyarrow as pa
from pyarrow import compute, parquet

from dash_reinforce import arrow, read


def main() -> None:
    """Writes batch by batch, so that the file may be larger than memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("batches", help="of `replay --out`: .jsonl or .pb, .zst of both, - for standard input")
    parser.add_argument("parquet")
    parser.add_argument("--only-trained", action="store_true", help="rows that train")
    options = parser.parse_args()

    count, total = 0, 0.0
    with parquet.ParquetWriter(options.parquet, arrow.schema(), compression="zstd") as writer:
        for batch in read(options.batches):
            table: pa.Table = arrow.table(batch)
            if options.only_trained:
                table = table.filter(compute.field("trains"))
            writer.write_table(table)
            count += table.num_rows
            total += compute.sum(compute.abs(table["advantage"])).as_py() or 0.0
    print(f"{count} rows, sum of |advantage| {total:.3f}")


if __name__ == "__main__":
    main()
