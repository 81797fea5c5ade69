import dask.array as da
import numpy as np
import sigref
from dask.distributed import Client, LocalCluster

if __name__ == "__main__":  # each worker imports this file
    with (
        LocalCluster(n_workers=2, threads_per_worker=1) as cluster,
        Client(cluster) as client,
    ):
        x = da.linspace(-40, 40, 1_000_001, chunks=100_000)
        p = sigref.sigmoid(x).compute()
        workers = len(client.scheduler_info()["workers"])
    same = np.array_equal(p, sigref.sigmoid(x.compute()))
    print(f"{workers} workers, same as in one piece: {same}")
