# Counting for the test scripts; sourced, not run. Every part ends with the line `N passed, N failed, N skipped`.

passed_total=0
failed_total=0
skipped_total=0

readonly summary_pattern='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'

# tally NAME PASSED FAILED SKIPPED: prints the part's line and adds it to the totals.
tally() {
    printf '%-34s %5d passed, %d failed, %d skipped\n' "$1" "$2" "$3" "$4"
    add_counts "$2" "$3" "$4"
}

add_counts() {
    passed_total=$((passed_total + $1))
    failed_total=$((failed_total + $2))
    skipped_total=$((skipped_total + $3))
}

# read_summary LOG: puts the counts of the log's last line into `counts`; fails if that line is no summary.
read_summary() {
    [[ $(tail -n 1 "$1") =~ $summary_pattern ]] && counts=("${BASH_REMATCH[@]:1}")
}

# tally_program NAME EXIT_CODE LOG: takes the counts from the log's last line. A program that ended without that line, or badly although
# it counted no failure, has failed once more than it said; what it had checked before still counts.
tally_program() {
    local name=$1 code=$2 log=$3 counts
    if read_summary "$log"; then
        if ((code != 0 && counts[1] == 0)); then
            counts[1]=1
            echo "    $name ended with exit code $code; see $log"
        fi
    else
        counts=("$(grep -c '^ok ' "$log" || true)" $(($(grep -c '^not ok ' "$log" || true) + 1)) 0)
        echo "    $name ended with exit code $code and without a summary; see $log"
        tail -n 5 "$log" | sed 's/^/    | /'
    fi
    sed -n 's/^not ok /    not ok /p' "$log"
    tally "$name" "${counts[@]}"
}

# Prints the totals; fails if anything failed or nothing ran.
tally_end() {
    echo "$passed_total passed, $failed_total failed, $skipped_total skipped"
    ((failed_total == 0 && passed_total > 0))
}
