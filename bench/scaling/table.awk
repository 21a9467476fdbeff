# Steps of mnist_bench's results, a row for each batch and number of cores: microseconds measured (median and best of all repetitions)
# and predicted (median), and how many times faster than with one core. Reads Google Benchmark's JSON, which has a line for each value.
function text(line) { sub(/^[^:]*: *"/, "", line); sub(/",? *$/, "", line); return line }
function number(line) { sub(/^[^:]*: */, "", line); sub(/,? *$/, "", line); return line + 0 }
function after(word, name) { return match(name, word ":[0-9]+") ? substr(name, RSTART + length(word) + 1, RLENGTH - length(word) - 1) + 0 : 1 }
function add(kind, value,   key, i) {  # keeps values in ascending order
    key = kind SUBSEP batch SUBSEP cores
    for (i = ++count[key]; i > 1 && values[key, i - 1] > value; --i) values[key, i] = values[key, i - 1]
    values[key, i] = value
    if (!(batch in seen)) { seen[batch]; batches[++n_batches] = batch }
    if (cores > most) most = cores
}
function median(kind, b, c,   n) {
    n = count[kind, b, c]
    return n ? (values[kind, b, c, int((n + 1) / 2)] + values[kind, b, c, int(n / 2) + 1]) / 2 : 0
}
function shown(value, format) { return value ? sprintf(format, value) : "-" }
function ratio(a, b) { return b ? a / b : 0 }
/^ *"name": / {
    name = text($0)
    step = name ~ /^Step\//
    wanted = step || name ~ /^Scaling\//
    batch = after("batch", name)
    cores = after(step ? "threads" : "cores", name)
}
/^ *"run_type": / && !/"iteration"/ { wanted = 0 }
/^ *"real_time": / && wanted && step { add("step", number($0)) }
/^ *"predicted_us": / && wanted { add("model", number($0)) }
END {
    format = "%6s %5s %10s %10s %10s   %8s %8s %9s\n"
    printf format, "batch", "cores", "median us", "best us", "predicted", "speed-up", "of best", "predicted"
    for (b = 1; b <= n_batches; ++b) {
        batch = batches[b]
        for (c = 1; c <= most; ++c) {
            if (!(("step", batch, c) in count) && !(("model", batch, c) in count)) continue
            step_us = median("step", batch, c)
            best_us = values["step", batch, c, 1]
            model_us = median("model", batch, c)
            printf format, batch, c, shown(step_us, "%.1f"), shown(best_us, "%.1f"), shown(model_us, "%.1f"),
                shown(ratio(median("step", batch, 1), step_us), "%.2f"), shown(ratio(values["step", batch, 1, 1], best_us), "%.2f"),
                shown(ratio(median("model", batch, 1), model_us), "%.2f")
        }
    }
}
