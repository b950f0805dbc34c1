### Links between tips, hints for a person, proposed persons, folded reports.

network-link-account-id = Mesma conta no provedor: { $value }.
network-link-device-id = Mesmo dispositivo: { $value }.
network-link-email = Mesmo endereço de e-mail: { $value }.
network-link-hash = Mesmo arquivo (hash exato, em poucas comunicações): { $value }.
network-link-ip-port = Mesmo endereço IP e porta de origem quase ao mesmo tempo: { $value }.
network-link-none = Compartilhado, sem vincular nada: { $value }.
network-link-phone = Mesmo número de telefone: { $value }.
network-link-report = Uma das comunicações nomeia a outra: { $value }.
network-link-url = Mesma URL de perfil, com um identificador de conta: { $value }.
network-hint-account-id = A mesma conta aparece em comunicações que não estão vinculadas: { $value }.
network-hint-device-id = O mesmo dispositivo aparece em comunicações que não estão vinculadas: { $value }.
network-hint-display-name = Mesmo nome exibido; qualquer pessoa pode escolhê-lo: { $value }.
network-hint-email = Mesmo endereço de e-mail, não verificado e sem uma segunda coincidência: { $value }.
network-hint-hash = O mesmo arquivo aparece em comunicações que não estão vinculadas: { $value }.
network-hint-ip = Mesmo endereço IP; várias pessoas podem compartilhá-lo: { $value }.
network-hint-ip-port = Mesmo endereço IP e porta de origem em momentos diferentes: { $value }.
network-hint-phone = Mesmo número de telefone, não verificado e sem uma segunda coincidência: { $value }.
network-hint-report = Várias comunicações nomeiam o mesmo relatório, ou o vínculo foi desfeito: { $value }.
network-hint-screen-name = Mesmo nome de usuário no provedor; pode ser de pessoas diferentes: { $value }.
network-hint-url = Mesma URL, sem identificador de conta: { $value }.
network-person-proposed = Possível mesma pessoa (proposta, não decidida): { $tips } comunicações.
network-folded =
    { $count ->
        [one] Outra comunicação com o mesmo material muito difundido
       *[other] Outras { $count } comunicações com o mesmo material muito difundido
    }.
