### Reasons of the live-source alarm. One message per rule id; variables are the rule's args.

alarm-base-rate = É uma ordem de trabalho, não uma conclusão sobre ninguém. Pelos números publicados do KIRAT-2: se 12 em cada 100 pessoas da lista representam perigo para uma criança, «alta» acerta cerca de uma vez em quatro; se são 55 em cada 100, cerca de três em quatro.
alarm-claims-access = A contraparte diz conviver com uma criança ou tê-la a seu cuidado (texto literal: «{ $excerpt }», { $date }; mensagens assim: { $count }).
alarm-unlisted-received =
    { $count ->
        [one] Recebida da contraparte uma imagem que não consta em nenhuma das listas consultadas, nem igual nem semelhante
       *[other] Recebidas da contraparte { $count } imagens que não constam em nenhuma das listas consultadas, nem iguais nem semelhantes
    } (de { $first } a { $last }; em grupos: { $in_groups }).
alarm-unlisted-provisional =
    { $count ->
        [one] PROVISÓRIO: o hash que o aplicativo registrou de uma imagem recebida não consta em nenhuma das listas consultadas
       *[other] PROVISÓRIO: os hashes que o aplicativo registrou de { $count } imagens recebidas não constam em nenhuma das listas consultadas
    }; a aparência ainda não foi comparada (de { $first } a { $last }; em grupos: { $in_groups }).
alarm-not-looked-up =
    { $count ->
        [one] Um arquivo recebido não pôde ser consultado em nenhuma lista
       *[other] { $count } arquivos recebidos não puderam ser consultados em nenhuma lista
    } (de { $first } a { $last }; em grupos: { $in_groups }).
alarm-series-in-time = { $count } das imagens que nenhuma lista conhece chegaram próximas no mesmo chat (de { $first } a { $last }; em grupos: { $in_groups }).
alarm-series-same-camera = { $count } das imagens que nenhuma lista conhece indicam a mesma câmera nos metadados: { $camera }.
alarm-recent-creation =
    { $count ->
        [one] Segundo os metadados, uma imagem que nenhuma lista conhece foi tirada poucos dias antes do envio
       *[other] Segundo os metadados, { $count } imagens que nenhuma lista conhece foram tiradas poucos dias antes do envio
    } (enviadas de { $first } a { $last }; em grupos: { $in_groups }).
alarm-listed-in-chat = Pelo chat direto passaram arquivos que constam em uma lista de material conhecido: { $count } (enviados pela contraparte: { $from_counterpart }).
alarm-offers-or-requests = No chat oferece-se ou pede-se algo em troca, ou pede-se mais (texto literal: «{ $excerpt }», { $date }; mensagens assim: { $count }).
alarm-promises-more = A contraparte anuncia que enviará mais (texto literal: «{ $excerpt }», { $date }; mensagens assim: { $count }).
alarm-secrecy = A contraparte pede sigilo ou que se apague (texto literal: «{ $excerpt }», { $date }; mensagens assim: { $count }).
alarm-recent-contact = Contato recente: o último registro entre ambos é de { $date }.
alarm-contact-date-unknown = Nenhum registro entre ambos tem data utilizável; não se sabe se o contato é recente.
alarm-only-listed = Contra: tudo o que foi comparado do que passou pelo chat direto já consta nas listas consultadas ({ $count } arquivos, de { $first } a { $last }).
alarm-widely-distributed = Contra: uma lista marca { $count } dos arquivos recebidos como de ampla difusão (de { $first } a { $last }; em grupos: { $in_groups }).
alarm-forwarded = Contra: o aplicativo marca como encaminhados { $count } dos arquivos recebidos (de { $first } a { $last }; em grupos: { $in_groups }).
alarm-no-exchange-context = Contra: no chat direto não consta material das listas, nem ofertas, pedidos ou promessas.
alarm-saved-contact = Contra: a agenda do investigado tem a contraparte salva como «{ $name }».
alarm-family-talk = Contra: conversa familiar comum (texto literal: «{ $excerpt }», { $date }; mensagens assim: { $count }).
alarm-floor-top = Possível fonte ativa: diz ter acesso a uma criança, enviou { $count } imagens que não constam em nenhuma das listas consultadas (de { $first } a { $last }; em grupos: { $in_groups }), há contexto de troca e o contato é recente.
alarm-floor-top-provisional = PROVISÓRIO, possível fonte ativa: diz ter acesso a uma criança, enviou { $count } imagens cujos hashes não constam em nenhuma das listas consultadas, faltando comparar a aparência (de { $first } a { $last }; em grupos: { $in_groups }), há contexto de troca e o contato é recente.
alarm-claim-without-file = Diz ter acesso a uma criança («{ $excerpt }», { $date }; mensagens assim: { $count }), mas não consta nenhum arquivo recebido da contraparte: a revisar.
alarm-states-minor-age = A contraparte diz ter menos de 18 anos (texto literal: «{ $excerpt }», { $date }; mensagens assim: { $count }): via de proteção, não é classificada como investigada.
