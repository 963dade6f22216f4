# Bash completion for redrill. Commands and options come from redrill itself.
_redrill() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]-}
    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(redrill help --words 2>/dev/null) --help --version" -- "$current")
        return
    fi
    # Bash takes the = of --reporter=NAME for a word of its own.
    if [ "$current" = = ]; then
        current=
    elif [ "$previous" = = ]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $previous in
    --reporter)
        mapfile -t COMPREPLY < <(compgen -W "$(redrill list reporters 2>/dev/null | sed -n 's/^  \([a-z]\)/\1/p')" -- "$current")
        return
        ;;
    --type)
        mapfile -t COMPREPLY < <(compgen -W "ed25519 ecdsa-p256" -- "$current")
        return
        ;;
    --target)
        mapfile -t COMPREPLY < <(compgen -W "latest" -- "$current")
        return
        ;;
    esac
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(redrill help "$command" --words 2>/dev/null)" -- "$current")
    elif [ "$command" = list ]; then
        mapfile -t COMPREPLY < <(compgen -W "plan providers checks reporters" -- "$current")
    elif [ "$command" = help ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(redrill help --words 2>/dev/null)" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}
complete -o filenames -F _redrill redrill
