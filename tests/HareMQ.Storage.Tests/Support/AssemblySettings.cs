// Batches come from one pool per process; tests look at what is in it and what is not returned to it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
