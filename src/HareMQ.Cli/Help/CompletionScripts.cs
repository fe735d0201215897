namespace HareMQ.Cli;

/// <summary>Scripts that let a shell ask the program itself what could come next: nothing in them has to change with it.</summary>
internal static class CompletionScripts
{
    private const string Bash = """
        # harectl completion bash > /etc/bash_completion.d/harectl
        _harectl() {
            local IFS=$'\n'
            COMPREPLY=($(harectl "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null))
        }
        complete -o default -F _harectl harectl
        """;

    private const string Zsh = """
        #compdef harectl
        # harectl completion zsh > "${fpath[1]}/_harectl"
        _harectl() {
            local -a candidates
            candidates=("${(@f)$(harectl "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -- ${candidates:#}
        }
        # Loaded for the first completion it has to answer that one, too.
        if [[ ${funcstack[1]} == _harectl ]]; then _harectl; else compdef _harectl harectl; fi
        """;

    private const string Fish = """
        # harectl completion fish > ~/.config/fish/completions/harectl.fish
        complete -c harectl -f -a '(set -l line (commandline -cp); harectl "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
        """;

    /// <exception cref="CliException">There is no script for this shell.</exception>
    public static string For(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => throw CliException.BadArgument($"no completion for '{shell}'; there are bash, zsh and fish"),
    };
}
