SELECT {{ params.n }}
